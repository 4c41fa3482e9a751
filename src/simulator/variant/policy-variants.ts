import { isRecord, type JsonRecord, mapValues } from '../api/json-shape.ts'
import { changed, emptyAsNull, ofEach, type Variant, withMore, without } from './variant.ts'

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
  const mechanisms = mapValues(policy.mechanisms, (list) => (Array.isArray(list) ? edit(list) : list))
  return { ...policy, mechanisms }
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
  ...changed(policies, 'nothing', {
    'policies/2025': [
      'adds conditions:{}, writes no filters as {}, tells microseconds, and leaves out unused mechanisms',
      ofEach((policy) => ({
        ...policy,
        mechanisms: isRecord(policy.mechanisms)
          ? without(policy.mechanisms, (list) => Array.isArray(list) && list.length === 0)
          : policy.mechanisms,
        conditions: {},
        filters: policy.filters ?? {},
        created: '2025-01-02T03:04:05.678901Z',
        modified: '2025-01-02T03:04:05.678901Z',
      })),
    ],
    'policies/conditions': [
      'adds conditions as JSON logic',
      ofEach((policy) => ({
        ...policy,
        conditions: { and: [{ or: [{ '==': [{ var: 'zone' }, 'z'] }] }] },
      })),
    ],
    'policies/nulls': [
      'writes conditions, an empty description and unused mechanisms as null',
      ofEach((policy) => ({
        ...mechanismsOf(policy, (list) => (list.length === 0 ? null : list)),
        conditions: null,
        description: policy.description === '' ? null : policy.description,
      })),
    ],
  }),
  ...changed(['list_policies'], 'nothing', {
    'policies/list-null': ['answers an empty list of policies with null', emptyAsNull],
    'policies/optional-ids': [
      'lists a policy of somebody else with mechanisms that have no id',
      withMore({ ...foreign, mechanisms: { email: [{}], webhooks: [{ id: '' }], pagerduty: null } }),
    ],
    'policies/odd-fields': [
      'lists a policy of somebody else with a number for alert_interval, and lists for filters and mechanisms',
      withMore({ ...foreign, alert_interval: 30, filters: [], mechanisms: [] }),
    ],
  }),
  ...changed(['list_policies'], 'itself', {
    'policies/unreadable': [
      'lists a policy without an id, one without a type, and something that is no policy',
      withMore({ ...foreign, id: null }, { ...foreign, alert_type: {} }, 7),
    ],
  }),
  ...changed(['list_webhooks'], 'nothing', {
    'webhooks/list-null': ['answers an empty list of webhooks with null', emptyAsNull],
  }),
  ...changed(['list_webhooks'], 'itself', {
    'webhooks/unreadable': [
      'lists a webhook without an id, and something that is no webhook',
      withMore({ id: null, name: 'theirs', url: 'https://example.com', type: 'generic' }, null),
    ],
  }),
  ...changed([...webhooks, ...services, ...policies], 'nothing', {
    'ids/dashes-in-lists': [
      'writes the ids of webhooks, PagerDuty services and policies with dashes, but not where a policy names them',
      ofEach(withDashes),
    ],
  }),
  ...changed(policies, 'nothing', {
    'ids/dashes-in-policies': [
      'writes ids with dashes where a policy names a webhook or a PagerDuty service, but not in their lists',
      ofEach((policy) =>
        mechanismsOf(policy, (list) => list.map((item) => (isRecord(item) ? withDashes(item) : item))),
      ),
    ],
  }),
  ...changed(written, 'nothing', {
    'ids/dashes-in-writes': ['writes ids with dashes in the answers to writes only', ofEach(withDashes)],
  }),
]
