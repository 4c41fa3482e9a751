import {
  bodyOf,
  booleanField,
  isoSeconds,
  isRecord,
  type JsonRecord,
  requiredText,
  textField,
} from '../api/json-shape.ts'
import { plainId } from '../api/object-id.ts'
import { type AccountCall, type Answer, accountRoute, ofAccount, type Route } from '../api/route.ts'
import { simErrors } from '../api/sim-error.ts'
import { filterMistake } from '../world/alert-types.ts'
import type { Policy } from '../world/notification-state.ts'
import { freshId } from '../world/notifications.ts'
import type { Permission } from '../world/permissions.ts'

/** What reading and writing notifications takes; either of the permissions is enough. */
export const notificationReaders: readonly Permission[] = [
  'notifications_read',
  'notifications_write',
  'account_settings_read',
  'pii_read',
]
export const notificationWriters: readonly Permission[] = ['notifications_write', 'account_settings_write']

const path = '/alerting/v3/policies'
const one = `${path}/:id`
const show = (call: AccountCall): Answer => ({ result: policyObject(find(call)) })

/** Notification policies. */
export const policyRoutes: readonly Route[] = [
  accountRoute('GET', path, 'list_policies', notificationReaders, list),
  accountRoute('POST', path, 'create_policy', notificationWriters, create),
  accountRoute('GET', one, 'get_policy', notificationReaders, show),
  accountRoute('PUT', one, 'update_policy', notificationWriters, update),
  accountRoute('DELETE', one, 'delete_policy', notificationWriters, remove),
]

function list(call: AccountCall): Answer {
  return { result: ofAccount(call, call.world.state.notifications.policies).map(policyObject) }
}

function find({ world, accountId, params }: AccountCall): Policy {
  const policy = world.state.notifications.policies.get(plainId(params.id ?? ''))
  if (policy?.accountId !== accountId) throw simErrors.notFound('policy not found')
  return policy
}

function policyObject(policy: Policy): object {
  return {
    id: policy.id,
    name: policy.name,
    description: policy.description,
    enabled: policy.enabled,
    alert_type: policy.alertType,
    mechanisms: policy.mechanisms,
    filters: policy.filters,
    ...(policy.alertInterval === null ? {} : { alert_interval: policy.alertInterval }),
    created: new Date(policy.createdMs).toISOString(),
    modified: isoSeconds(policy.modifiedMs),
  }
}

function create(call: AccountCall): Answer {
  const { world, accountId } = call
  const body = bodyOf(call.body)
  const enabled = booleanField(body, 'enabled')
  if (enabled === undefined) throw simErrors.invalid('enabled is required')
  if (!isRecord(body.mechanisms)) throw simErrors.invalid('mechanisms is required')
  const policy: Policy = {
    id: freshId(world.state, 'policy'),
    accountId,
    name: requiredText(body, 'name'),
    alertType: requiredText(body, 'alert_type'),
    enabled,
    ...replaceable(call, body),
    createdMs: call.nowMs,
    modifiedMs: call.nowMs,
  }
  requireFilters(policy)
  world.state.notifications.policies.set(policy.id, policy)
  return { result: { id: policy.id } }
}

function update(call: AccountCall): Answer {
  const policy = find(call)
  const body = bodyOf(call.body)
  const alertType = textField(body, 'alert_type') ?? policy.alertType
  const replaced = replaceable(call, body)
  requireFilters({ alertType, ...replaced })
  policy.name = textField(body, 'name') ?? policy.name
  policy.alertType = alertType
  policy.enabled = booleanField(body, 'enabled') ?? policy.enabled
  Object.assign(policy, replaced)
  policy.modifiedMs = call.nowMs
  return { result: { id: policy.id } }
}

function requireFilters({ alertType, filters }: Pick<Policy, 'alertType' | 'filters'>): void {
  const mistake = filterMistake(alertType, filters)
  if (mistake !== null) throw simErrors.invalid(mistake)
}

type Replaceable = Pick<Policy, 'description' | 'mechanisms' | 'filters' | 'alertInterval'>

/** What a write replaces as a whole: nobody promises that a sparse update keeps the rest. */
function replaceable(call: AccountCall, body: JsonRecord): Replaceable {
  return {
    description: textField(body, 'description') ?? '',
    mechanisms: readMechanisms(call, body.mechanisms),
    filters: isRecord(body.filters) ? { ...body.filters } : null,
    alertInterval: textField(body, 'alert_interval') ?? null,
  }
}

function readMechanisms({ world, accountId }: AccountCall, value: unknown): Policy['mechanisms'] {
  const given = isRecord(value) ? value : {}
  const { webhooks, pagerduty } = world.state.notifications
  const known: Readonly<Record<string, (id: string) => boolean>> = {
    email: (id) => id.includes('@'),
    webhooks: (id) => webhooks.get(id)?.accountId === accountId,
    pagerduty: (id) => pagerduty.get(id)?.accountId === accountId,
  }
  const stranger = Object.keys(given).find((kind) => !Object.hasOwn(known, kind))
  if (stranger !== undefined) throw simErrors.invalid(`unknown mechanism ${stranger}`)
  return Object.fromEntries(
    Object.entries(known).map(([kind, exists]) => {
      const list: readonly unknown[] = Array.isArray(given[kind]) ? given[kind] : []
      const said = list.map((item) => (isRecord(item) && typeof item.id === 'string' ? item.id : ''))
      const ids = kind === 'email' ? said : said.map(plainId)
      const missing = ids.find((id) => !exists(id))
      if (missing !== undefined) throw simErrors.invalid(`${kind}: no destination with id ${missing}`)
      return [kind, ids.map((id) => ({ id }))]
    }),
  )
}

function remove(call: AccountCall): Answer {
  call.world.state.notifications.policies.delete(find(call).id)
  return { result: null }
}
