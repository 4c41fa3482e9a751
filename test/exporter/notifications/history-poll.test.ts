import t from 'tap'
import type { Scope } from '../../../src/domain/scope.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { createHistoryPoll, type WebhookReports } from '../../../src/exporter/notifications/history-poll.ts'
import { createNotifications } from '../../../src/exporter/notifications/notifications.ts'
import type {
  HistoryEntry,
  NotificationPolicy,
  WebhookDestination,
} from '../../../src/ports/notifications.ts'
import { aCaller, pageOf } from '../../support/callers.ts'
import { createCore, failure, quay, quayAccount, zone } from '../../support/exporter-core.ts'
import { hour } from '../../support/status-world.ts'

const alertType = 'failing_logpush_job_disabled_alert'
const other = { kind: 'account', id: 'b'.repeat(32), name: 'Other' } as const

function webhook(id: string, name = `hook ${id}`): WebhookDestination {
  const url = new Secret('https://hooks.example')
  return { id, name, url, type: 'generic', createdAt: null, lastSuccess: 5, lastFailure: null }
}

function policy(webhooks: readonly string[], edit: Partial<NotificationPolicy> = {}): NotificationPolicy {
  return {
    id: webhooks.join(),
    name: 'policy',
    description: '',
    enabled: true,
    alertType,
    mechanisms: { email: [], pagerduty: [], webhooks },
    filters: null,
    alertInterval: null,
    createdAt: null,
    ...edit,
  }
}

function row(sent: number, edit: Partial<HistoryEntry> = {}): HistoryEntry {
  const alertBody = new Secret('job 1')
  return { id: `r${sent}`, policyId: 'p', alertType, mechanismType: 'webhooks', sent, alertBody, ...edit }
}

interface Lists {
  readonly rows?: readonly HistoryEntry[]
  readonly webhooks?: readonly WebhookDestination[]
  readonly policies?: readonly NotificationPolicy[]
}

/** Accounts whose lists the test gives; `refused` have none that may be read. */
function watching(lists: Lists, scopes: readonly Scope[] = [quayAccount]) {
  const { store, memory, state, self, clock, log } = createCore()
  state.setScopes(scopes)
  const notifications = createNotifications({ store, memory, state, server: clock, log })
  const webhooks: WebhookReports = new Map()
  const calls: string[] = []
  const refused = new Set<string>()
  const list = <T>(what: string, items: readonly T[] = []) => {
    calls.push(what)
    return { items, unreadable: [] }
  }
  const poll = createHistoryPoll({
    api: {
      async listHistory(id, { page }) {
        if (refused.has(id)) throw failure('forbidden')
        return pageOf(list('history', lists.rows).items, page)
      },
      listWebhooks: async () => list('webhooks', lists.webhooks),
      listPolicies: async () => list('policies', lists.policies),
    },
    call: aCaller({ clock, reads: 'pollRead' }),
    state,
    self,
    notifications,
    webhooks,
    server: clock,
    clock,
    log,
  })
  const cycle = () => poll.cycle(new AbortController().signal)
  const shown = () => (webhooks.get(quay.id) ?? []).map((one) => one.webhook)
  return { state, self, clock, log, notifications, webhooks, calls, refused, cycle, shown }
}

t.test('webhooks are shown that an enabled policy sends Logpush alerts to', async (t) => {
  const { cycle, webhooks } = watching({
    webhooks: ['used', 'off', 'else', 'idle'].map((id) => webhook(id)),
    policies: [
      policy(['off'], { enabled: false }),
      policy(['else'], { alertType: 'another_alert' }),
      policy(['used']),
    ],
  })
  await cycle()
  t.strictSame([...webhooks], [[quay.id, [{ webhook: 'hook used', lastSuccess: 5, lastFailure: null }]]])
})

t.test('webhooks of one name are told apart by their ids', async (t) => {
  const { cycle, shown } = watching({
    webhooks: [webhook('1', 'same'), webhook('2', 'same'), webhook('3', 'own')],
    policies: [policy(['1', '3']), policy(['2'])],
  })
  await cycle()
  t.same(shown(), ['same (1)', 'same (2)', 'own'])
})

t.test('without webhooks policies are not asked for', async (t) => {
  const { cycle, calls, shown } = watching({ policies: [policy(['1'])] })
  await cycle()
  t.same(calls, ['history', 'webhooks'])
  t.same(shown(), [])
})

t.test('an account that is watched no more leaves nothing behind, its neighbour stays', async (t) => {
  const lists = { webhooks: [webhook('1')], policies: [policy(['1'])] }
  const { cycle, webhooks, state, self } = watching(lists, [quayAccount, other, zone('one.example')])
  const kept = () => [...self.unreadable.keys()].sort()
  await cycle()
  t.same([...webhooks.keys()].sort(), [quay.id, other.id])
  t.equal(kept().length, 6)
  state.setScopes([other])
  await cycle()
  t.same([...webhooks.keys()], [other.id])
  t.same(
    kept(),
    ['notification', 'policy', 'webhook'].map((kind) => `${kind} ${other.id}`),
  )
})

t.test('zones are not asked: their notifications are in the list of the account', async (t) => {
  const { cycle, calls } = watching({}, [zone('one.example')])
  await cycle()
  t.same(calls, [])
})

t.test('of a history what is older than asked for, or another alert, is left out', async (t) => {
  const rows: HistoryEntry[] = []
  const { cycle, clock, notifications } = watching({ rows })
  const start = clock.now()
  await cycle()
  const since = start - 600_000
  rows.push(row(since), row(since - 1), row(start, { alertType: 'another_alert' }))
  await clock.advance(hour)
  await cycle()
  t.match([...notifications.book.readTo], [[quay.id, start + hour]])
  t.same(
    notifications.book.open.map(({ event }) => event.at),
    [since],
  )
})

t.test('an account that may not be read is counted and said once, and its reports stay', async (t) => {
  const lists = { webhooks: [webhook('1')], policies: [policy(['1'])] }
  const { cycle, clock, log, refused, self, shown } = watching(lists, [quayAccount, other])
  await cycle()
  refused.add(quay.id)
  for (let i = 0; i < 3; i += 1) {
    await clock.advance(hour)
    await cycle()
  }
  t.equal(self.pollers.get('history')?.failures.get('forbidden'), 3)
  t.match(log.taken(), [{ level: 'warn', message: /needs Notifications Read there/, scopes: 1 }])
  t.same(shown(), ['hook 1'])
  refused.clear()
  await cycle()
  t.match(log.taken(), [{ level: 'info', message: 'reading the notification history works again' }])
})
