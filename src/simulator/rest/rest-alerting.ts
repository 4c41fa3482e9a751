import { isoSeconds } from '../api/json-shape.ts'
import { type AccountCall, type Answer, accountRoute, ofAccount, page, type Route } from '../api/route.ts'
import { simErrors } from '../api/sim-error.ts'
import { alertTypes } from '../world/alert-types.ts'
import type { HistoryRow } from '../world/notification-state.ts'
import { freshId, logpushAlertType } from '../world/notifications.ts'
import { notificationReaders as readers, notificationWriters as writers } from './rest-policies.ts'

const root = '/alerting/v3'
const pagerduty = `${root}/destinations/pagerduty`

/** What can be announced and by which means, PagerDuty services, and what was announced. */
export const alertingRoutes: readonly Route[] = [
  accountRoute('GET', `${root}/available_alerts`, 'available_alerts', readers, availableAlerts),
  accountRoute('GET', `${root}/destinations/eligible`, 'eligible_mechanisms', readers, eligible),
  accountRoute('GET', `${root}/history`, 'history', readers, history),
  accountRoute('GET', pagerduty, 'list_pagerduty', readers, listPagerDuty),
  accountRoute('DELETE', pagerduty, 'delete_pagerduty', writers, deletePagerDuty),
  accountRoute('POST', `${pagerduty}/connect`, 'connect_pagerduty', writers, connect),
  accountRoute('GET', `${pagerduty}/connect/:token`, 'complete_pagerduty', writers, complete),
]

function availableAlerts({ world, accountId }: AccountCall): Answer {
  const offersLogpush = world.state.accounts.get(accountId)?.offersLogpushAlert ?? true
  const result: Record<string, object[]> = {}
  for (const { category, ...alert } of alertTypes) {
    if (offersLogpush || alert.type !== logpushAlertType)
      result[category] = [...(result[category] ?? []), alert]
  }
  return { result }
}

function eligible(call: AccountCall): Answer {
  const { world, accountId } = call
  const allowed = world.state.accounts.get(accountId)?.mechanisms ?? ['email', 'pagerduty', 'webhook']
  const { pagerduty, webhooks } = world.state.notifications
  const ready = {
    email: true,
    pagerduty: ofAccount(call, pagerduty).length > 0,
    webhook: ofAccount(call, webhooks).length > 0,
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

function history(call: AccountCall): Answer {
  const { world, accountId } = call
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

function listPagerDuty(call: AccountCall): Answer {
  const services = ofAccount(call, call.world.state.notifications.pagerduty)
  return { result: services.map(({ id, name }) => ({ id, name })) }
}

/** Takes all services away, as the real call does. */
function deletePagerDuty(call: AccountCall): Answer {
  const { pagerduty } = call.world.state.notifications
  for (const { id } of ofAccount(call, pagerduty)) pagerduty.delete(id)
  return { result: null }
}

function connect({ world, accountId }: AccountCall): Answer {
  const id = freshId(world.state, 'pagerduty token')
  world.state.notifications.connections.set(id, { accountId, consent: null })
  return { status: 201, result: { id } }
}

/** Links the service that the user chose at PagerDuty; until that is done there is nothing to link. */
function complete({ world, accountId, params }: AccountCall): Answer {
  const { connections, pagerduty } = world.state.notifications
  const token = params.token ?? ''
  const connection = connections.get(token)
  if (connection?.accountId !== accountId) throw simErrors.notFound('integration token not found')
  if (connection.consent === null) throw simErrors.invalid('the PagerDuty integration is not authorized yet')
  connections.delete(token)
  const id = freshId(world.state, 'pagerduty')
  pagerduty.set(id, { id, accountId, name: connection.consent })
  return { result: { id } }
}
