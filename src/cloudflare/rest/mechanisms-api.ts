import * as z from 'zod/mini'
import { Secret } from '../../domain/secret.ts'
import type { NotificationsApi } from '../../ports/cloudflare.ts'
import { flag, idText, listOf, plainText } from '../fields.ts'
import { nullableItemsOf } from '../item-list.ts'
import { createdId } from './policies-api.ts'
import type { Rest } from './rest.ts'

type MechanismsApi = Pick<
  NotificationsApi,
  | 'listPagerDuty'
  | 'connectPagerDuty'
  | 'completePagerDuty'
  | 'listAvailableAlerts'
  | 'listEligibleMechanisms'
>

const service = z.object({ id: idText, name: plainText })

const wireAlert = z.object({
  type: plainText,
  display_name: plainText,
  filter_options: z.nullish(z.array(z.unknown())),
})

/** What does not say whether it is eligible says nothing. */
const wireMechanism = z.object({ type: plainText, eligible: z.boolean(), ready: flag })

/** A list, one service, or null: all three are documented. */
const services = z.union([
  z.pipe(
    nullableItemsOf(service, ['id']),
    z.transform(({ items }) => items),
  ),
  z.pipe(
    service,
    z.transform((one: z.output<typeof service>) => [one]),
  ),
])

/** Comes as `{<group>: […]}`; the groups carry nothing that is used. */
const alertGroups = z.record(z.string(), z.nullable(listOf(wireAlert)))
/** `{<group>: […]}` by the types, `{<kind>: {…}}` in the official example, or null. */
const mechanismGroups = z.nullable(z.record(z.string(), z.unknown()))

export function createMechanismsApi(rest: Rest): MechanismsApi {
  return {
    async listPagerDuty(accountId, options) {
      const { result } = await rest({ operation: 'list_pagerduty' }, options, services, (sdk) =>
        sdk.alerting.destinations.pagerduty.get({ account_id: accountId }),
      )
      return result
    },
    async connectPagerDuty(accountId, options) {
      const { result } = await rest({ operation: 'connect_pagerduty' }, options, createdId, (sdk) =>
        sdk.alerting.destinations.pagerduty.create({ account_id: accountId }),
      )
      return { token: result.id }
    },
    async completePagerDuty(accountId, token, options) {
      const call = { operation: 'complete_pagerduty', secrets: [new Secret(token)] } as const
      await rest(call, options, z.unknown(), (sdk) =>
        sdk.alerting.destinations.pagerduty.link(token, { account_id: accountId }),
      )
    },
    async listAvailableAlerts(accountId, options) {
      const { result } = await rest({ operation: 'list_available_alerts' }, options, alertGroups, (sdk) =>
        sdk.alerting.availableAlerts.list({ account_id: accountId }),
      )
      return ungrouped(result).map((alert) => ({
        type: alert.type,
        displayName: alert.display_name,
        hasFilters: (alert.filter_options ?? []).length > 0,
      }))
    },
    async listEligibleMechanisms(accountId, options) {
      const call = { operation: 'list_eligible_mechanisms' } as const
      const { result } = await rest(call, options, mechanismGroups, (sdk) =>
        sdk.alerting.destinations.eligible.get({ account_id: accountId }),
      )
      return Object.entries(result ?? {}).flatMap(([group, found]) => mechanismsOf(group, found))
    },
  }
}

function ungrouped<T>(groups: Readonly<Record<string, readonly T[] | null>>): readonly T[] {
  return Object.values(groups).flatMap((group) => group ?? [])
}

/** Advice: what cannot be read of it says nothing. The kind is that of the group where it is not given. */
function mechanismsOf(group: string, found: unknown) {
  return (Array.isArray(found) ? found : [found]).flatMap((one: unknown) => {
    const read = wireMechanism.safeParse(one)
    if (!read.success) return []
    const { type, eligible, ready } = read.data
    return [{ type: (type === '' ? group : type).toLowerCase().replace(/s$/, ''), eligible, ready }]
  })
}
