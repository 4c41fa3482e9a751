import { isoSeconds } from '../api/json-shape.ts'
import { type Answer, type Call, page, type Route, route } from '../api/route.ts'
import { simErrors } from '../api/sim-error.ts'
import type { HistoryRow } from '../world/notification-state.ts'
import { freshId, logpushAlertType } from '../world/notifications.ts'
import type { World } from '../world/world.ts'
import { accountOf, notificationReaders, notificationWriters } from './rest-policies.ts'

/** What can be announced and by which means, PagerDuty services, and what was announced. */
export function alertingRoutes(world: World): Route[] {
  const root = '/accounts/:accountId/alerting/v3'
  const pagerduty = `${root}/destinations/pagerduty`
  return [
    route('GET', `${root}/available_alerts`, 'available_alerts', (call) => availableAlerts(world, call)),
    route('GET', `${root}/destinations/eligible`, 'eligible_mechanisms', (call) => eligible(world, call)),
    route('GET', `${root}/history`, 'history', (call) => history(world, call)),
    route('GET', pagerduty, 'list_pagerduty', (call) => listPagerDuty(world, call)),
    route('DELETE', pagerduty, 'delete_pagerduty', (call) => deletePagerDuty(world, call)),
    route('POST', `${pagerduty}/connect`, 'connect_pagerduty', (call) => connect(world, call)),
    route('GET', `${pagerduty}/connect/:token`, 'complete_pagerduty', (call) => complete(world, call)),
  ]
}

const filterOption = { Key: 'zones', ComparisonOperator: '==', Optional: false, Range: '1-n' }

function availableAlerts(world: World, call: Call): Answer {
  const account = world.state.accounts.get(accountOf(world, call, notificationReaders))
  const logpush = {
    type: logpushAlertType,
    display_name: 'Failing Logpush Job Disabled',
    description: 'A Logpush job was disabled because it failed for 24 hours.',
    filter_options: [],
  }
  const billing = {
    type: 'billing_usage_alert',
    display_name: 'Usage Based Billing',
    description: 'The usage of a product passed a threshold.',
    filter_options: [filterOption],
  }
  const ssl = {
    type: 'universal_ssl_event_type',
    display_name: 'Universal SSL Alert',
    description: 'A certificate was issued, renewed or is about to expire.',
    filter_options: [],
  }
  const offered = account?.offersLogpushAlert ?? true
  return {
    result: { ...(offered ? { Logpush: [logpush] } : {}), Billing: [billing], 'SSL/TLS': [ssl] },
  }
}

function eligible(world: World, call: Call): Answer {
  const account = world.state.accounts.get(accountOf(world, call, notificationReaders))
  const allowed = account?.mechanisms ?? ['email', 'pagerduty', 'webhook']
  const { pagerduty, webhooks } = world.state.notifications
  const ready = {
    email: true,
    pagerduty: [...pagerduty.values()].some(({ accountId }) => accountId === account?.id),
    webhook: [...webhooks.values()].some(({ accountId }) => accountId === account?.id),
  }
  const row = (type: keyof typeof ready): object => ({
    type,
    eligible: allowed.includes(type),
    ready: ready[type],
  })
  return {
    result: { Email: [row('email')], PagerDuty: [row('pagerduty')], Webhooks: [row('webhook')] },
  }
}

function history(world: World, call: Call): Answer {
  const accountId = accountOf(world, call, notificationReaders)
  const since = Date.parse(call.query.since ?? '')
  const before = Date.parse(call.query.before ?? '')
  const rows = world.state.notifications.history
    .filter((row) => row.accountId === accountId)
    .filter((row) => Number.isNaN(since) || row.sentMs >= since)
    .filter((row) => Number.isNaN(before) || row.sentMs <= before)
    .toSorted((a, b) => b.sentMs - a.sentMs)
  const show = (row: HistoryRow): object => ({
    id: row.id,
    name: row.name,
    policy_id: row.policyId,
    alert_type: row.alertType,
    alert_body: row.alertBody,
    description: row.description,
    mechanism: row.mechanism,
    mechanism_type: row.mechanismType,
    sent: isoSeconds(row.sentMs),
  })
  return page(call, rows, show, { usual: 25, least: 5, most: 1000 })
}

function listPagerDuty(world: World, call: Call): Answer {
  const accountId = accountOf(world, call, notificationReaders)
  const services = [...world.state.notifications.pagerduty.values()]
  return {
    result: services
      .filter((service) => service.accountId === accountId)
      .map(({ id, name }) => ({ id, name })),
  }
}

/** Takes all services away, as the real call does. */
function deletePagerDuty(world: World, call: Call): Answer {
  const accountId = accountOf(world, call, notificationWriters)
  const { pagerduty } = world.state.notifications
  for (const service of [...pagerduty.values()]) {
    if (service.accountId === accountId) pagerduty.delete(service.id)
  }
  return { result: null }
}

function connect(world: World, call: Call): Answer {
  const accountId = accountOf(world, call, notificationWriters)
  const id = freshId(world.state, 'pagerduty token')
  world.state.notifications.connections.set(id, { accountId, consent: null })
  return { status: 201, result: { id } }
}

/** Links the service that the user chose at PagerDuty; until that is done there is nothing to link. */
function complete(world: World, call: Call): Answer {
  const accountId = accountOf(world, call, notificationWriters)
  const { connections, pagerduty } = world.state.notifications
  const token = call.params.token ?? ''
  const connection = connections.get(token)
  if (connection?.accountId !== accountId) throw simErrors.notFound('integration token not found')
  if (connection.consent === null) throw simErrors.invalid('the PagerDuty integration is not authorized yet')
  connections.delete(token)
  const id = freshId(world.state, 'pagerduty')
  pagerduty.set(id, { id, accountId, name: connection.consent })
  return { result: { id } }
}
