import { isRecord, type JsonRecord } from '../api/json-shape.ts'
import { emptyAsNull, ofEach, type Variant, withMore, without } from './variant.ts'

const policies = ['list_policies', 'get_policy']
const webhooks = ['list_webhooks', 'get_webhook']
const services = ['list_pagerduty']
const written = ['create_policy', 'update_policy', 'create_webhook', 'update_webhook']

/** An id of 32 digits with the dashes of a UUID. */
function dashed(id: unknown): unknown {
  return typeof id === 'string'
    ? id.replace(/^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/, '$1-$2-$3-$4-$5')
    : id
}

function withDashes(object: JsonRecord): JsonRecord {
  return 'id' in object ? { ...object, id: dashed(object.id) } : object
}

function mechanismsOf(policy: JsonRecord, edit: (list: readonly unknown[]) => unknown): JsonRecord {
  if (!isRecord(policy.mechanisms)) return policy
  const entries = Object.entries(policy.mechanisms).map(([kind, list]) => [
    kind,
    Array.isArray(list) ? edit(list) : list,
  ])
  return { ...policy, mechanisms: Object.fromEntries(entries) }
}

const foreign = {
  id: '0123456789abcdef0123456789abcdef',
  name: 'certificates of another team',
  description: '',
  enabled: true,
  alert_type: 'universal_ssl_event_type',
  mechanisms: { email: [{ id: 'tls@example.com' }] },
  filters: {},
  created: '2023-01-02T03:04:05.678901Z',
  modified: '2023-01-02T03:04:05.678901Z',
}

/** Notification policies and what they send to. */
export const policyVariants: readonly Variant[] = [
  {
    name: 'policies/2025',
    of: policies,
    cost: 'nothing',
    does: 'adds conditions:{}, writes no filters as {}, tells microseconds, and leaves out unused mechanisms',
    change: ofEach((policy) => ({
      ...mechanismsOf(policy, (list) => list),
      mechanisms: isRecord(policy.mechanisms)
        ? without(policy.mechanisms, (list) => Array.isArray(list) && list.length === 0)
        : policy.mechanisms,
      conditions: {},
      filters: policy.filters ?? {},
      created: '2025-01-02T03:04:05.678901Z',
      modified: '2025-01-02T03:04:05.678901Z',
    })),
  },
  {
    name: 'policies/conditions',
    of: policies,
    cost: 'nothing',
    does: 'adds conditions as JSON logic',
    change: ofEach((policy) => ({
      ...policy,
      conditions: { and: [{ or: [{ '==': [{ var: 'zone' }, 'z'] }] }] },
    })),
  },
  {
    name: 'policies/nulls',
    of: policies,
    cost: 'nothing',
    does: 'writes conditions, an empty description and unused mechanisms as null',
    change: ofEach((policy) => ({
      ...mechanismsOf(policy, (list) => (list.length === 0 ? null : list)),
      conditions: null,
      description: policy.description === '' ? null : policy.description,
    })),
  },
  {
    name: 'policies/list-null',
    of: ['list_policies'],
    cost: 'nothing',
    does: 'answers an empty list of policies with null',
    change: emptyAsNull,
  },
  {
    name: 'policies/optional-ids',
    of: ['list_policies'],
    cost: 'nothing',
    does: 'lists a policy of somebody else with mechanisms that have no id',
    change: withMore({ ...foreign, mechanisms: { email: [{}], webhooks: [{ id: '' }], pagerduty: null } }),
  },
  {
    name: 'policies/odd-fields',
    of: ['list_policies'],
    cost: 'nothing',
    does: 'lists a policy of somebody else with a number for alert_interval, and lists for filters and mechanisms',
    change: withMore({ ...foreign, alert_interval: 30, filters: [], mechanisms: [] }),
  },
  {
    name: 'policies/unreadable',
    of: ['list_policies'],
    cost: 'itself',
    does: 'lists a policy without an id, one without a type, and something that is no policy',
    change: withMore({ ...foreign, id: null }, { ...foreign, alert_type: {} }, 7),
  },
  {
    name: 'webhooks/list-null',
    of: ['list_webhooks'],
    cost: 'nothing',
    does: 'answers an empty list of webhooks with null',
    change: emptyAsNull,
  },
  {
    name: 'webhooks/unreadable',
    of: ['list_webhooks'],
    cost: 'itself',
    does: 'lists a webhook without an id, and something that is no webhook',
    change: withMore({ id: null, name: 'theirs', url: 'https://example.com', type: 'generic' }, null),
  },
  {
    name: 'ids/dashes-in-lists',
    of: [...webhooks, ...services, ...policies],
    cost: 'nothing',
    does: 'writes the ids of webhooks, PagerDuty services and policies with dashes, but not where a policy names them',
    change: ofEach(withDashes),
  },
  {
    name: 'ids/dashes-in-policies',
    of: policies,
    cost: 'nothing',
    does: 'writes ids with dashes where a policy names a webhook or a PagerDuty service, but not in their lists',
    change: ofEach((policy) =>
      mechanismsOf(policy, (list) => list.map((item) => (isRecord(item) ? withDashes(item) : item))),
    ),
  },
  {
    name: 'ids/dashes-in-writes',
    of: written,
    cost: 'nothing',
    does: 'writes ids with dashes in the answers to writes only',
    change: ofEach(withDashes),
  },
]
