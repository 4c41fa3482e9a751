import * as z from 'zod/mini'
import { Secret } from '../../domain/secret.ts'
import type { AvailableAlert, NotificationsApi } from '../../ports/cloudflare.ts'
import type { Listing } from '../../ports/listing.ts'
import { flag, idText, plainText } from '../fields.ts'
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
  type: z.string().check(z.minLength(1)),
  display_name: plainText,
  // Advice in loose forms: what cannot be read of it requires nothing.
  filter_options: z.catch(z.array(z.unknown()), []),
})

/** Only what says that it is not optional is required. */
const requiredFilter = z.object({ Key: z.string(), Optional: z.literal(false) })

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

const alerts = nullableItemsOf(z.pipe(wireAlert, z.transform(toAlert)), ['type'])
/** Comes as `{<category>: […]}`; the categories carry nothing that is used. A flat list and null are taken as well. */
const alertGroups = z.union([
  alerts,
  z.pipe(
    z.record(z.string(), z.unknown()),
    z.transform((groups: Readonly<Record<string, unknown>>) => alertsOf(Object.entries(groups))),
  ),
])
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
      return result
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

function toAlert(wire: z.output<typeof wireAlert>): AvailableAlert {
  return {
    type: wire.type,
    displayName: wire.display_name,
    requiredFilters: wire.filter_options.flatMap((option) => {
      const read = requiredFilter.safeParse(option)
      return read.success ? [read.data.Key] : []
    }),
  }
}

/** A category that cannot be read costs itself. */
function alertsOf(groups: readonly (readonly [string, unknown])[]): Listing<AvailableAlert> {
  const lists = groups.map(([category, list]): Listing<AvailableAlert> => {
    const read = alerts.safeParse(list)
    const odd = { id: null, name: null, field: category.slice(0, 100), leftOut: true }
    return read.success ? read.data : { items: [], unreadable: [odd] }
  })
  return {
    items: lists.flatMap(({ items }) => items),
    unreadable: lists.flatMap(({ unreadable }) => unreadable),
  }
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
