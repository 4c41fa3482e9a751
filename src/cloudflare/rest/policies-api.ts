import * as z from 'zod/mini'
import type {
  MechanismKind,
  NotificationPolicy,
  NotificationsApi,
  PolicyWrite,
} from '../../ports/notifications.ts'
import {
  camelCased,
  flag,
  idText,
  mapped,
  nothing,
  optionalInstant,
  optionalRecord,
  optionalText,
  plainText,
} from '../fields.ts'
import { nullableItemsOf } from '../item-list.ts'
import type { Rest } from './rest.ts'
import { open } from './sdk.ts'

type PoliciesApi = Pick<NotificationsApi, 'listPolicies' | 'createPolicy' | 'updatePolicy' | 'deletePolicy'>

const mechanismKinds: readonly MechanismKind[] = ['email', 'webhooks', 'pagerduty']

/** The API's types make every id optional; a target without one says nothing. */
const target = z.nullable(z.object({ id: z.nullish(z.union([idText, z.literal('')])) }))
const targets = z.nullish(z.array(target))
const mechanisms = z.object({ email: targets, webhooks: targets, pagerduty: targets })
/** No mechanisms may come as an empty list. */
const noMechanisms = mapped(z.array(z.unknown()).check(z.maxLength(0)), () => null)

const wirePolicy = z.object({
  id: idText,
  name: plainText,
  description: plainText,
  enabled: flag,
  alert_type: plainText,
  mechanisms: z.nullish(z.union([mechanisms, noMechanisms])),
  filters: optionalRecord,
  alert_interval: optionalText,
  // Only breaks the tie between two of one name: one that cannot be read keeps nobody from the policy.
  created: z.catch(optionalInstant, null),
})

/** What cannot be guessed: a policy that is taken for disabled, or for another alert's, would be a false report. */
const policies = nullableItemsOf(mapped(wirePolicy, toPolicy), ['id', 'enabled', 'alert_type'])

/** The answer to a create or an update. */
export const createdId = z.object({ id: idText })

export function createPoliciesApi(rest: Rest): PoliciesApi {
  return {
    listPolicies: (accountId, options) =>
      rest({ operation: 'list_policies' }, options, policies, (sdk) =>
        sdk.alerting.policies.list({ account_id: accountId }),
      ),
    createPolicy: (accountId, body, options) =>
      rest({ operation: 'create_policy' }, options, createdId, (sdk) =>
        sdk.alerting.policies.create(open({ account_id: accountId, ...policyBody(body) })),
      ),
    updatePolicy: (accountId, id, body, options) =>
      rest({ operation: 'update_policy' }, options, nothing, (sdk) =>
        sdk.alerting.policies.update(id, open({ account_id: accountId, ...policyBody(body) })),
      ),
    deletePolicy: (accountId, id, options) =>
      rest({ operation: 'delete_policy' }, options, nothing, (sdk) =>
        sdk.alerting.policies.delete(id, { account_id: accountId }),
      ),
  }
}

function toPolicy({ created, ...wire }: z.output<typeof wirePolicy>): NotificationPolicy {
  const ids = (kind: MechanismKind) => (wire.mechanisms?.[kind] ?? []).flatMap((one) => one?.id || [])
  return {
    ...camelCased(wire),
    createdAt: created,
    mechanisms: { email: ids('email'), webhooks: ids('webhooks'), pagerduty: ids('pagerduty') },
    filters: wire.filters === null || Object.keys(wire.filters).length === 0 ? null : wire.filters,
  }
}

/** Always the whole policy: whether the API keeps what an update leaves out is not documented. */
function policyBody(policy: PolicyWrite): Readonly<Record<string, unknown>> {
  const used = mechanismKinds.filter((kind) => policy.mechanisms[kind].length > 0)
  return {
    name: policy.name,
    description: policy.description,
    enabled: policy.enabled,
    alert_type: policy.alertType,
    mechanisms: Object.fromEntries(used.map((kind) => [kind, policy.mechanisms[kind].map((id) => ({ id }))])),
    ...(policy.filters === null ? {} : { filters: policy.filters }),
    ...(policy.alertInterval === null ? {} : { alert_interval: policy.alertInterval }),
  }
}
