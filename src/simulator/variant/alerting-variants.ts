import { isRecord } from '../api/json-shape.ts'
import { emptyAsNull, ofEach, ofResult, refusal, type Variant, withMore } from './variant.ts'

const eligible = ['eligible_mechanisms']
const available = ['available_alerts']

/** The kind of mechanism behind a group's name. */
const kindOf = (group: string): string => group.toLowerCase().replace(/s$/, '')

/** Edits each row of the eligible mechanisms, which come in groups of one. */
function rowsOf(result: unknown): readonly (readonly [group: string, row: unknown])[] {
  if (!isRecord(result)) return []
  return Object.entries(result).flatMap(([group, rows]) =>
    Array.isArray(rows) ? rows.map((row: unknown) => [group, row] as const) : [],
  )
}

/** Each category of alerts with its list. */
function categories(edit: (alert: unknown) => unknown) {
  return ofResult((result) =>
    isRecord(result)
      ? Object.fromEntries(
          Object.entries(result).map(([name, list]) => [name, Array.isArray(list) ? list.map(edit) : list]),
        )
      : result,
  )
}

const optionalOption = {
  Key: 'zones',
  ComparisonOperator: '==',
  Optional: true,
  Range: '0-n',
  AvailableValues: null,
}

const withOptions = (options: unknown) => (alert: unknown) =>
  isRecord(alert) ? { ...alert, filter_options: options } : alert

const strangerRow = {
  id: 'f174e90afafe4643bbbc4a0ed4fc8415',
  name: 'SSL Notification Event Policy',
  description: 'Universal Certificate validation status, issuance, renewal, and expiration notices',
  alert_type: 'universal_ssl_event_type',
  mechanism: 'test@example.com',
  mechanism_type: 'email',
  policy_id: '0da2b59ef118439d8097bdfb215203c9',
}

/** PagerDuty services, eligible mechanisms, available alerts and the history. */
export const alertingVariants: readonly Variant[] = [
  {
    name: 'pagerduty/one-object',
    of: ['list_pagerduty'],
    cost: 'nothing',
    does: 'answers a list of one PagerDuty service with the service itself',
    change: ofResult((result) => (Array.isArray(result) && result.length === 1 ? result[0] : result)),
  },
  {
    name: 'pagerduty/null',
    of: ['list_pagerduty'],
    cost: 'nothing',
    does: 'answers an empty list of PagerDuty services with null',
    change: emptyAsNull,
  },
  {
    name: 'eligible/by-kind',
    of: eligible,
    cost: 'nothing',
    does: 'answers one object for each kind, {email:{eligible,ready,type}}, as in the official example',
    change: ofResult((result) =>
      Object.fromEntries(rowsOf(result).map(([group, row]) => [kindOf(group), row])),
    ),
  },
  {
    name: 'eligible/plural',
    of: eligible,
    cost: 'nothing',
    does: 'writes the type webhooks in place of webhook',
    change: ofResult((result) =>
      Object.fromEntries(
        rowsOf(result).map(([group, row]) => [
          group,
          [isRecord(row) && row.type === 'webhook' ? { ...row, type: 'webhooks' } : row],
        ]),
      ),
    ),
  },
  {
    name: 'eligible/null',
    of: eligible,
    cost: 'answer',
    does: 'answers the eligible mechanisms with null',
    change: ofResult(() => null),
  },
  {
    name: 'eligible/refused',
    of: eligible,
    cost: 'answer',
    does: 'answers the eligible mechanisms with 403',
    instead: refusal(403, [{ code: 10000, message: 'Authentication error' }]),
  },
  {
    name: 'eligible/failing',
    of: eligible,
    cost: 'answer',
    does: 'answers the eligible mechanisms with 500',
    instead: refusal(500, [{ code: 10001, message: 'internal error' }]),
  },
  {
    name: 'alerts/null',
    of: available,
    cost: 'answer',
    does: 'answers the available alerts with null',
    change: ofResult(() => null),
  },
  {
    name: 'alerts/flat',
    of: available,
    cost: 'nothing',
    does: 'answers the available alerts in one list, without categories',
    change: ofResult((result) => (isRecord(result) ? Object.values(result).flat() : result)),
  },
  {
    name: 'alerts/options-null',
    of: available,
    cost: 'nothing',
    does: 'writes no filter options as null',
    change: categories((alert) =>
      isRecord(alert) && Array.isArray(alert.filter_options) && alert.filter_options.length === 0
        ? { ...alert, filter_options: null }
        : alert,
    ),
  },
  {
    name: 'alerts/options-object',
    of: available,
    cost: 'nothing',
    does: 'writes the filter options as {}',
    change: categories(withOptions({})),
  },
  {
    name: 'alerts/optional-option',
    of: available,
    cost: 'nothing',
    does: 'gives every alert a filter option that is optional',
    change: categories(withOptions([optionalOption])),
  },
  {
    name: 'alerts/odd-category',
    of: available,
    cost: 'nothing',
    does: 'adds a category that is no list, and one with alerts that cannot be read',
    change: ofResult((result) =>
      isRecord(result) ? { Other: 'none', Odd: [null, { type: 5 }], ...result } : result,
    ),
  },
  {
    name: 'history/object-body',
    of: ['history'],
    cost: 'nothing',
    does: 'writes alert_body as an object, as in the official example, beside a row of another alert',
    change: (answer, asked) =>
      withMore({
        ...strangerRow,
        sent: new Date(asked.nowMs).toISOString(),
        alert_body: { data: { custom_csr_id: '', expires_on: null }, metadata: { event_source: 'ssl' } },
      })(ofEach((row) => ({ ...row, alert_body: bodyObject(row.alert_body) }))(answer, asked), asked),
  },
  {
    name: 'history/null-body',
    of: ['history'],
    cost: 'nothing',
    does: 'adds a row of another alert whose alert_body is null',
    change: (answer, asked) =>
      withMore({ ...strangerRow, sent: new Date(asked.nowMs).toISOString(), alert_body: null })(
        answer,
        asked,
      ),
  },
  {
    name: 'history/unreadable',
    of: ['history'],
    cost: 'itself',
    does: 'adds a row without sent, and something that is no row',
    change: withMore({ ...strangerRow, alert_body: '' }, 'row'),
  },
]

function bodyObject(text: unknown): unknown {
  try {
    const parsed: unknown = typeof text === 'string' ? JSON.parse(text) : text
    return isRecord(parsed) ? parsed : { data: text, metadata: {} }
  } catch {
    return { data: text, metadata: {} }
  }
}
