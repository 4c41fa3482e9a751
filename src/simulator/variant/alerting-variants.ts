import type { Asked, RawAnswer } from '../api/api-pipeline.ts'
import { isRecord, mapValues } from '../api/json-shape.ts'
import {
  asNull,
  changed,
  emptyAsNull,
  failing,
  forbidden,
  ofEach,
  ofObject,
  ofResult,
  replaced,
  type Variant,
  withMore,
} from './variant.ts'

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
  return ofObject((groups) => mapValues(groups, (list) => (Array.isArray(list) ? list.map(edit) : list)))
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

const withStranger = (body: unknown) => (answer: RawAnswer, asked: Asked) =>
  withMore({ ...strangerRow, sent: new Date(asked.nowMs).toISOString(), alert_body: body })(answer, asked)

/** PagerDuty services, eligible mechanisms, available alerts and the history. */
export const alertingVariants: readonly Variant[] = [
  ...changed(['list_pagerduty'], 'nothing', {
    'pagerduty/one-object': [
      'answers a list of one PagerDuty service with the service itself',
      ofResult((result) => (Array.isArray(result) && result.length === 1 ? result[0] : result)),
    ],
    'pagerduty/null': ['answers an empty list of PagerDuty services with null', emptyAsNull],
  }),
  ...changed(eligible, 'nothing', {
    'eligible/by-kind': [
      'answers one object for each kind, {email:{eligible,ready,type}}, as in the official example',
      ofResult((result) => Object.fromEntries(rowsOf(result).map(([group, row]) => [kindOf(group), row]))),
    ],
    'eligible/plural': [
      'writes the type webhooks in place of webhook',
      ofResult((result) =>
        Object.fromEntries(
          rowsOf(result).map(([group, row]) => [
            group,
            [isRecord(row) && row.type === 'webhook' ? { ...row, type: 'webhooks' } : row],
          ]),
        ),
      ),
    ],
  }),
  ...changed(eligible, 'answer', {
    'eligible/null': ['answers the eligible mechanisms with null', asNull],
  }),
  ...replaced(eligible, 'answer', {
    'eligible/refused': ['answers the eligible mechanisms with 403', forbidden],
    'eligible/failing': ['answers the eligible mechanisms with 500', failing],
  }),
  ...changed(available, 'answer', {
    'alerts/null': ['answers the available alerts with null', asNull],
  }),
  ...changed(available, 'nothing', {
    'alerts/flat': [
      'answers the available alerts in one list, without categories',
      ofObject((groups) => Object.values(groups).flat()),
    ],
    'alerts/options-null': [
      'writes no filter options as null',
      categories((alert) =>
        isRecord(alert) && Array.isArray(alert.filter_options) && alert.filter_options.length === 0
          ? { ...alert, filter_options: null }
          : alert,
      ),
    ],
    'alerts/options-object': ['writes the filter options as {}', categories(withOptions({}))],
    'alerts/optional-option': [
      'gives every alert a filter option that is optional',
      categories(withOptions([optionalOption])),
    ],
    'alerts/odd-category': [
      'adds a category that is no list, and one with alerts that cannot be read',
      ofObject((groups) => ({ Other: 'none', Odd: [null, { type: 5 }], ...groups })),
    ],
  }),
  ...changed(['history'], 'nothing', {
    'history/object-body': [
      'writes alert_body as an object, as in the official example, beside a row of another alert',
      (answer, asked) =>
        withStranger({ data: { custom_csr_id: '', expires_on: null }, metadata: { event_source: 'ssl' } })(
          ofEach((row) => ({ ...row, alert_body: bodyObject(row.alert_body) }))(answer, asked),
          asked,
        ),
    ],
    'history/null-body': ['adds a row of another alert whose alert_body is null', withStranger(null)],
  }),
  ...changed(['history'], 'itself', {
    'history/unreadable': [
      'adds a row without sent, and something that is no row',
      withMore({ ...strangerRow, alert_body: '' }, 'row'),
    ],
  }),
]

function bodyObject(text: unknown): unknown {
  try {
    const parsed: unknown = typeof text === 'string' ? JSON.parse(text) : text
    return isRecord(parsed) ? parsed : { data: text, metadata: {} }
  } catch {
    return { data: text, metadata: {} }
  }
}
