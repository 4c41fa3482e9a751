import * as z from 'zod/mini'
import { Secret } from '../../domain/secret.ts'
import type { Listing } from '../../ports/listing.ts'
import type { AlertFilter, AvailableAlert, NotificationsApi } from '../../ports/notifications.ts'
import { idText, mapped, nothing, plainText } from '../fields.ts'
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
  filter_options: z.optional(z.unknown()),
})

/** Advice in loose forms: what cannot be read of it requires and forbids nothing. */
const wireFilter = z.object({
  Key: z.string().check(z.minLength(1)),
  Range: z.catch(z.nullish(z.string()), null),
  // Only what says that it is not optional is required.
  Optional: z.optional(z.unknown()),
  AvailableValues: z.catch(z.nullish(z.array(z.object({ ID: z.string() }))), null),
})

/** What does not say whether it is eligible says nothing. */
const wireMechanism = z.object({ type: plainText, eligible: z.boolean() })

/** A list, one service, or null: all three are documented. */
const services = z.union([
  mapped(nullableItemsOf(service, ['id']), ({ items }) => items),
  mapped(service, (one) => [one]),
])

const alerts = nullableItemsOf(mapped(wireAlert, toAlert), ['type'])
/** Comes as `{<category>: […]}`; the categories carry nothing that is used. A flat list and null are taken as well. */
const alertGroups = z.union([
  alerts,
  mapped(z.record(z.string(), z.unknown()), (groups) => alertsOf(Object.entries(groups))),
])
/** `{<group>: […]}` by the types, `{<kind>: {…}}` in the official example, or null. */
const mechanismGroups = mapped(z.nullable(z.record(z.string(), z.unknown())), (groups) =>
  Object.entries(groups ?? {}).flatMap(([group, found]) => mechanismsOf(group, found)),
)

const connection = mapped(createdId, ({ id }) => ({ token: id }))

export function createMechanismsApi(rest: Rest): MechanismsApi {
  return {
    listPagerDuty: (accountId, options) =>
      rest({ operation: 'list_pagerduty' }, options, services, (sdk) =>
        sdk.alerting.destinations.pagerduty.get({ account_id: accountId }),
      ),
    connectPagerDuty: (accountId, options) =>
      rest({ operation: 'connect_pagerduty' }, options, connection, (sdk) =>
        sdk.alerting.destinations.pagerduty.create({ account_id: accountId }),
      ),
    completePagerDuty(accountId, token, options) {
      const call = { operation: 'complete_pagerduty', secrets: [new Secret(token)] } as const
      return rest(call, options, nothing, (sdk) =>
        sdk.alerting.destinations.pagerduty.link(token, { account_id: accountId }),
      )
    },
    listAvailableAlerts: (accountId, options) =>
      rest({ operation: 'list_available_alerts' }, options, alertGroups, (sdk) =>
        sdk.alerting.availableAlerts.list({ account_id: accountId }),
      ),
    listEligibleMechanisms: (accountId, options) =>
      rest({ operation: 'list_eligible_mechanisms' }, options, mechanismGroups, (sdk) =>
        sdk.alerting.destinations.eligible.get({ account_id: accountId }),
      ),
  }
}

function toAlert({ type, filter_options: given }: z.output<typeof wireAlert>): AvailableAlert {
  const options: unknown = given ?? []
  const found = (Array.isArray(options) ? options : []).map((one: unknown) => wireFilter.safeParse(one))
  return {
    type,
    filters: found.flatMap((one) => (one.success ? [toFilter(one.data)] : [])),
    isWhole: Array.isArray(options) && found.every(({ success }) => success),
  }
}

function toFilter({ Key, Range, Optional, AvailableValues }: z.output<typeof wireFilter>): AlertFilter {
  const values = AvailableValues?.map(({ ID }) => ID) ?? []
  const max = /^\d+-(\d+)$/.exec(Range ?? '')?.[1]
  return {
    name: Key,
    isRequired: Optional === false,
    values: values.length === 0 ? null : values,
    maxValues: max === undefined ? null : Number(max),
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
    const { type, eligible } = read.data
    return [{ type: (type === '' ? group : type).toLowerCase().replace(/s$/, ''), eligible }]
  })
}
