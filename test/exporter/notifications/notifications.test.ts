import t from 'tap'
import { createBudget } from '../../../src/access/budget.ts'
import type { JobRecord } from '../../../src/domain/job/job.ts'
import { countOf } from '../../../src/domain/notification/notification-book.ts'
import {
  type NotificationEvent,
  readWebhookBody,
} from '../../../src/domain/notification/notification-event.ts'
import { type Scope, scopeKey } from '../../../src/domain/scope.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { createHistoryPoll, type WebhookReports } from '../../../src/exporter/notifications/history-poll.ts'
import { createFollowUp } from '../../../src/exporter/notifications/notification-follow-up.ts'
import { createNotifications } from '../../../src/exporter/notifications/notifications.ts'
import { linesOf } from '../../../src/metrics/metric.ts'
import { accountLabels, notificationMetrics } from '../../../src/metrics/notification-metrics.ts'
import type { Unreadable } from '../../../src/ports/listing.ts'
import type {
  HistoryEntry,
  NotificationPolicy,
  NotificationsApi,
  WebhookDestination,
} from '../../../src/ports/notifications.ts'
import type { RecordStore } from '../../../src/ports/record-store.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { aCaller, pageOf } from '../../support/callers.ts'
import { aJob, createCore, failure, quay, quayAccount, zone } from '../../support/exporter-core.ts'
import { parseScrape } from '../../support/scrape.ts'
import { createSteppedClock, type SteppedClock } from '../../support/stepped-clock.ts'

const alert = 'failing_logpush_job_disabled_alert'
const minute = 60_000
const hour = 60 * minute
const other = { id: 'd'.repeat(32), name: 'Other' }
const zoneA = zone('a.example')
const accountKey = scopeKey(quayAccount)

type Jobs = Record<string, readonly JobRecord[]>

/** The exporter's notification side over a fake API; `jobs` by scope key is what the API lists now. */
function createSide(
  options: {
    readonly store?: RecordStore
    readonly clock?: SteppedClock
    readonly jobs?: Jobs
    readonly scopes?: readonly Scope[]
    readonly history?: (query: { page: number; since: number }) => readonly HistoryEntry[]
    readonly pageSize?: number
    readonly webhooks?: () => readonly WebhookDestination[]
    readonly policies?: readonly NotificationPolicy[]
    readonly oddPolicies?: readonly Unreadable[]
    readonly oddWebhooks?: readonly Unreadable[]
  } = {},
) {
  const clock = options.clock ?? createSteppedClock()
  const store = options.store ?? createMemoryStore()
  const jobs: Jobs = options.jobs ?? { [scopeKey(zoneA)]: [aJob('1'), aJob('2')] }
  const unreadable = new Set<string>()
  const core = createCore({
    clock,
    store,
    jobs: (key) => {
      if (unreadable.has(key)) throw failure('unavailable')
      return jobs[key] ?? []
    },
  })
  core.state.setScopes(options.scopes ?? [quayAccount, zoneA])
  for (const { scope, jobs: remembered } of core.memory.scopes())
    core.state.remembered(scopeKey(scope), remembered, null)
  const { state, memory, log, self } = core
  const notifications = createNotifications({ store, memory, state, server: clock, log })
  const webhooks: WebhookReports = new Map()
  const calls: string[] = []
  const pageSize = options.pageSize ?? 25
  const api: Pick<NotificationsApi, 'listHistory' | 'listPolicies' | 'listWebhooks'> = {
    async listHistory(accountId, query) {
      calls.push(`history ${accountId} ${query.page}`)
      const rows = options.history?.(query) ?? []
      return pageOf(rows, query.page, pageSize)
    },
    async listPolicies() {
      calls.push('policies')
      return { items: options.policies ?? [], unreadable: options.oddPolicies ?? [] }
    },
    async listWebhooks() {
      calls.push('webhooks')
      return { items: options.webhooks?.() ?? [], unreadable: options.oddWebhooks ?? [] }
    },
  }
  const budget = createBudget({ clock, settings: { share: 1, rateLimitType: 'user' } })
  const stop = new AbortController()
  const call = aCaller({ budget, clock, stop: stop.signal, reads: 'pollRead' })
  const poll = createHistoryPoll({
    api,
    call,
    state,
    self,
    notifications,
    webhooks,
    server: clock,
    clock,
    log,
  })
  const followUp = createFollowUp({
    notifications,
    state,
    refresh: (key, signal) => core.inventoryPoll.refresh(key, signal),
    server: clock,
    clock,
    log,
  })
  const during = async (work: Promise<unknown>): Promise<void> => {
    let over = false
    const done = work.finally(() => {
      over = true
    })
    while (!over) await clock.advance(250)
    await done
  }
  const signal = new AbortController().signal
  return {
    ...core,
    clock,
    store,
    jobs,
    unreadable,
    notifications,
    webhooks,
    calls,
    inventory: () => during(core.inventoryPoll.cycle(signal)),
    pollHistory: () => during(poll.cycle(signal)),
    followUp: () => during(followUp.round(signal)),
    run: (stopping: AbortSignal) => followUp.run(stopping, signal),
    disabled: (id: string): string | null => {
      for (const scope of state.scopes.values()) {
        const job = scope.jobs.get(id)
        if (job !== undefined) return job.disabledByFailure?.how ?? null
      }
      return 'unknown'
    },
    count: (source: 'webhook' | 'history'): number =>
      countOf(notifications.book, { accountId: quay.id, alertType: alert, source }),
    /** A metric's samples: the values of its labels, and its own. */
    samples: (name: string) =>
      samplesIn(
        linesOf(notificationMetrics, {
          book: notifications.book,
          sources: ['webhook', 'history'],
          webhooks,
          accounts: accountLabels(state.scopes.values()),
        }).get(name),
      ),
  }
}

function samplesIn(text = ''): readonly { readonly values: readonly string[]; readonly value: number }[] {
  return parseScrape(text).map(({ labels, value }) => ({ values: Object.values(labels), value }))
}

function event(now: number, edit: object = {}): NotificationEvent {
  const message = readWebhookBody({
    alert_type: alert,
    account_id: quay.id,
    alert_event: 'ALERT_STATE_EVENT_START',
    ts: now / 1000,
    data: { job_id: 1 },
    ...edit,
  })
  if (message.kind !== 'event') throw new Error('not an event')
  return message.event
}

function row(sent: number, edit: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    id: `row ${sent}`,
    policyId: 'p',
    alertType: alert,
    mechanismType: 'webhook',
    sent,
    alertBody: new Secret('Logpush job 1 was disabled'),
    ...edit,
  }
}

const off = (id: string, edit: Partial<JobRecord> = {}): JobRecord =>
  aJob(id, { enabled: false, errorMessage: new Secret('403 forbidden'), ...edit })

const aWebhook = (id: string, edit: Partial<WebhookDestination> = {}): WebhookDestination => ({
  id,
  name: 'exporter',
  url: new Secret('https://exporter.example.com/webhooks/cloudflare'),
  type: 'generic',
  createdAt: null,
  lastSuccess: 1_000,
  lastFailure: null,
  ...edit,
})

t.test('a webhook marks its job at once, before the API is asked, and survives a restart', async (t) => {
  const side = createSide()
  await side.inventory()
  side.listed.length = 0
  t.equal(side.disabled('1'), null)
  t.equal(await side.notifications.receive(event(side.clock.now())), true)
  t.equal(side.disabled('1'), 'notified')
  t.equal(side.disabled('2'), null, 'not its neighbour')
  t.same(side.listed, [])
  t.equal(side.count('webhook'), 1)

  const after = createSide({ store: side.store, clock: side.clock })
  t.equal(after.disabled('1'), 'notified', 'without a new look at the API')
  t.equal(after.count('webhook'), 1)
  t.equal(await after.notifications.receive(event(side.clock.now())), false, 'a replay is no news')
  t.equal(after.count('webhook'), 1)
  t.equal(after.notifications.book.open.length, 1, 'what was to be looked into still is')
})

t.test('a notification lists the account and its zones at once, the own zone first', async (t) => {
  const [zoneB, empty, strange] = [zone('b.example'), zone('empty.example'), zone('x.example', other)]
  const otherAccount: Scope = { kind: 'account', ...other }
  const side = createSide({
    scopes: [otherAccount, strange, zoneB, quayAccount, empty, zoneA],
    jobs: {
      [scopeKey(zoneA)]: [aJob('1')],
      [scopeKey(zoneB)]: [aJob('3')],
      [scopeKey(strange)]: [aJob('9')],
    },
  })
  await side.inventory()
  side.listed.length = 0
  const stop = new AbortController()
  const running = side.run(stop.signal)
  await side.notifications.receive(event(side.clock.now()))
  await side.clock.advance(10)
  t.same([...side.listed].sort(), [accountKey, scopeKey(zoneA), scopeKey(zoneB)].sort())
  t.equal(side.listed[0], scopeKey(zoneA))
  stop.abort()
  await running
})

t.test('the mark ends when the job is seen enabled again, and not before', async (t) => {
  const side = createSide()
  await side.inventory()
  await side.notifications.receive(event(side.clock.now()))
  await side.followUp()
  t.equal(side.disabled('1'), 'notified', 'the API may still show it enabled')
  side.jobs[scopeKey(zoneA)] = [off('1'), aJob('2')]
  await side.clock.advance(minute)
  await side.inventory()
  t.equal(side.disabled('1'), 'notified')
  side.jobs[scopeKey(zoneA)] = [aJob('1'), aJob('2')]
  await side.inventory()
  t.equal(side.disabled('1'), null)
})

t.test('the end of an alert frees a job that was never seen off, and no other', async (t) => {
  const side = createSide()
  await side.inventory()
  const start = event(side.clock.now(), { alert_correlation_id: 'x' })
  await side.notifications.receive(start)
  await side.clock.advance(minute)
  const end = event(side.clock.now(), {
    alert_correlation_id: 'x',
    alert_event: 'ALERT_STATE_EVENT_END',
  })
  await side.notifications.receive(end)
  t.equal(side.disabled('1'), null)
  t.equal(side.count('webhook'), 2)

  side.jobs[scopeKey(zoneA)] = [off('1'), aJob('2')]
  await side.inventory()
  await side.notifications.receive(event(side.clock.now(), { alert_correlation_id: 'y' }))
  await side.notifications.receive(
    event(side.clock.now(), { alert_correlation_id: 'y', alert_event: 'ALERT_STATE_EVENT_END' }),
  )
  await side.followUp()
  t.equal(side.disabled('1'), 'notified', 'it is disabled as far as anybody can see')
})

t.test('without a job in it, the job that failed and is off now is found', async (t) => {
  const side = createSide()
  await side.inventory()
  const now = side.clock.now()
  side.jobs[scopeKey(zoneA)] = [
    off('1', { lastError: now - 5 * minute }),
    off('2', { lastError: now - 50 * hour }),
    off('3', { lastError: now - minute, lastComplete: now + minute }),
  ]
  const nameless = event(now, { data: null, text: 'A Logpush job was disabled.' })
  await side.notifications.receive(nameless)
  await side.followUp()
  t.equal(side.disabled('1'), 'notified', 'of those that are disabled now, the one with a fresh error')
  t.equal(side.disabled('3'), null, 'it has delivered since')

  const fresh = createSide({ jobs: { ...side.jobs }, clock: side.clock })
  await fresh.inventory()
  t.equal(fresh.disabled('1'), null, 'a job that was off at the first sight may be off on purpose')
  await fresh.notifications.receive(nameless)
  await fresh.followUp()
  t.equal(fresh.disabled('1'), 'notified')
  t.equal(fresh.disabled('2'), null, 'off for long')
  t.equal(fresh.notifications.book.open.length, 0)
})

t.test("a notification that names no job is never blamed on another account's job", async (t) => {
  const strange = zone('strange.example', other)
  const now = createSteppedClock().now()
  const failed = { lastError: now - 5 * minute }
  const side = createSide({
    scopes: [quayAccount, zoneA, strange],
    jobs: { [scopeKey(zoneA)]: [off('1', failed)], [scopeKey(strange)]: [off('9', failed)] },
  })
  await side.inventory()
  const nameless = { data: null, text: 'A Logpush job was disabled.' }
  await side.notifications.receive(event(side.clock.now(), nameless))
  await side.followUp()
  t.equal(side.disabled('1'), 'notified')
  t.equal(side.disabled('9'), null, 'it is of another account')
  await side.notifications.receive(event(side.clock.now(), { ...nameless, account_id: null, text: 'Again.' }))
  await side.followUp()
  t.equal(side.disabled('9'), 'notified', 'without an account it may be any')
})

t.test('a job that nobody knows yet is looked for again for a while', async (t) => {
  const side = createSide({ jobs: {} })
  await side.notifications.receive(event(side.clock.now()))
  const stop = new AbortController()
  const running = side.run(stop.signal)
  await side.clock.advance(minute)
  t.equal(side.notifications.book.open.length, 1)
  side.jobs[scopeKey(zoneA)] = [off('1')]
  await side.inventory()
  await side.clock.advance(minute)
  t.equal(side.disabled('1'), 'notified')
  t.equal(side.notifications.book.open.length, 0)

  await side.notifications.receive(event(side.clock.now(), { data: { job_id: 404 } }))
  await side.clock.advance(40 * minute)
  t.equal(side.notifications.book.open.length, 0, 'but not for ever')
  t.equal(side.log.lines.at(-1)?.message, 'notification for an unknown job')
  stop.abort()
  await running
})

t.test('a round that settles nothing stores nothing', async (t) => {
  const inner = createMemoryStore()
  let writes = 0
  const store: RecordStore = {
    ...inner,
    put: (key, value) => {
      if (key === 'notifications') writes += 1
      return inner.put(key, value)
    },
  }
  const side = createSide({ store, jobs: {} })
  await side.notifications.receive(event(side.clock.now()))
  t.equal(writes, 1)
  await side.followUp()
  t.same([side.notifications.book.open.length, writes], [1, 1])
})

t.test('an old notification takes effect only where it still holds', async (t) => {
  const side = createSide({ jobs: { [scopeKey(zoneA)]: [aJob('1'), off('2')] } })
  await side.inventory()
  const old = side.clock.now() - 3 * hour
  await side.notifications.receive(event(old))
  t.equal(side.disabled('1'), null, 'not before a look')
  await side.notifications.receive(event(old, { data: { job_id: 2 } }))
  await side.followUp()
  t.equal(side.disabled('1'), null, 'it is enabled')
  t.equal(side.disabled('2'), 'notified')
  t.equal(side.count('webhook'), 2)
  await side.notifications.receive(event(side.clock.now() - 40 * hour, { data: { job_id: 3 } }))
  t.equal(side.count('webhook'), 2, 'what is older than a day is not counted')
})

t.test('where jobs cannot be read, what was notified waits until they can', async (t) => {
  const side = createSide({ jobs: { [scopeKey(zoneA)]: [off('1')] } })
  await side.inventory()
  side.unreadable.add(scopeKey(zoneA))
  await side.notifications.receive(event(side.clock.now() - 3 * hour))
  await side.followUp()
  t.equal(side.disabled('1'), null)
  t.equal(side.notifications.book.open.length, 1)
  side.unreadable.clear()
  await side.inventory()
  await side.followUp()
  t.equal(side.disabled('1'), 'notified')
  t.equal(side.notifications.book.open.length, 0)
})

t.test('of accounts that are not watched, nothing is asked', async (t) => {
  const side = createSide()
  await side.inventory()
  side.listed.length = 0
  await side.notifications.receive(event(side.clock.now(), { account_id: other.id, data: { job_id: 99 } }))
  await side.followUp()
  t.same(side.listed, [])
  t.same(side.samples('cloudflare_logpush_notifications_total'), [
    { values: ['Quay', alert, 'webhook'], value: 0 },
    { values: ['Quay', alert, 'history'], value: 0 },
    { values: ['', alert, 'webhook'], value: 1 },
  ])
})

t.test(
  '2,000 notifications in 15 s are ten lines, and the next one tells how many were left out',
  async (t) => {
    const side = createSide()
    const lines = () => side.log.lines.filter(({ message }) => message === 'notification received')
    for (let sent = 0; sent < 2_000; sent += 1)
      await side.notifications.receive(event(side.clock.now(), { alert_correlation_id: `c${sent}` }))
    t.equal(lines().length, 10)
    await side.clock.advance(60_000)
    await side.notifications.receive(event(side.clock.now(), { alert_correlation_id: 'later' }))
    t.equal(lines().length, 11)
    t.match(lines()[10], { fields: { more: 1_990 } })
  },
)

t.test('a damaged record is an error in the log, and counting begins from zero', async (t) => {
  const store = createMemoryStore()
  await createSide({ store }).notifications.receive(event(createSteppedClock().now()))
  const levels = () => {
    const { log, count } = createSide({ store })
    return [log.lines.map(({ level }) => level), count('webhook')]
  }
  t.same(levels(), [[], 1])
  await store.put('notifications', { counts: 'many' })
  t.same(levels(), [['error'], 0])
})

t.test('other alerts are counted and change nothing', async (t) => {
  const side = createSide()
  await side.inventory()
  await side.notifications.receive(event(side.clock.now(), { alert_type: 'billing_usage_alert' }))
  t.equal(side.disabled('1'), null)
  t.equal(side.notifications.book.open.length, 0)
  t.same(side.samples('cloudflare_logpush_notifications_total').at(-1), {
    values: ['Quay', 'billing_usage_alert', 'webhook'],
    value: 1,
  })
})

t.test('the history brings what the webhook did not, once for all mechanisms', async (t) => {
  const clock = createSteppedClock()
  const rows: HistoryEntry[] = []
  const side = createSide({ clock, history: ({ since }) => rows.filter(({ sent }) => sent >= since) })
  await side.inventory()
  await side.pollHistory()
  t.same(side.calls, [`history ${quay.id} 1`, 'webhooks'], 'policies are asked for only where webhooks are')
  await clock.advance(5 * minute)

  const sent = clock.now()
  await side.notifications.receive(event(sent))
  side.jobs[scopeKey(zoneA)] = [off('1'), off('2')]
  for (const mechanismType of ['email', 'pagerduty', 'webhook']) {
    rows.push(row(sent + 2_000, { id: `1 ${mechanismType}`, mechanismType }))
    rows.push(
      row(sent + 3_000, { id: `2 ${mechanismType}`, mechanismType, alertBody: new Secret('Logpush job 2') }),
    )
  }
  rows.push(row(sent, { id: 'other', alertType: 'billing_usage_alert' }))
  await clock.advance(minute)
  await side.pollHistory()
  t.equal(side.count('webhook'), 1)
  t.equal(side.count('history'), 1, 'job 2, whose webhook got lost')
  await side.followUp()
  t.equal(side.disabled('2'), 'notified')
  await side.pollHistory()
  const again = createSide({
    store: side.store,
    clock,
    history: ({ since }) => rows.filter((r) => r.sent >= since),
  })
  await again.pollHistory()
  t.equal(again.count('history'), 1, 'read again, also after a restart, it is no news')
})

t.test('a first look at the history finds jobs that are off, and counts nothing', async (t) => {
  const clock = createSteppedClock()
  const lastWeek = clock.now() - 100 * hour
  const asked: number[] = []
  const side = createSide({
    clock,
    jobs: { [scopeKey(zoneA)]: [off('1'), off('2', { lastComplete: clock.now() - hour }), aJob('3')] },
    history: ({ since }) => {
      asked.push(since)
      return ['1', '2', '3', '4'].map((id) => row(lastWeek, { alertBody: new Secret(`job ${id}`) }))
    },
  })
  await side.inventory()
  const started = clock.now()
  await side.pollHistory()
  await side.followUp()
  t.equal(side.disabled('1'), 'notified')
  t.equal(side.disabled('2'), null, 'it delivered after that, so somebody switched it off later')
  t.equal(side.disabled('3'), null)
  t.equal(side.count('history'), 0)
  t.equal(side.notifications.book.open.length, 0)
  await clock.advance(hour)
  await side.pollHistory()
  t.equal(asked[0], started - 7 * 24 * hour)
  t.ok((asked[1] ?? 0) > clock.now() - 2 * hour, 'from then on only what is new')
})

t.test('a row that is listed late is found, and a list without end is left', async (t) => {
  const clock = createSteppedClock()
  const rows: HistoryEntry[] = []
  const side = createSide({ clock, history: ({ since }) => rows.filter(({ sent }) => sent >= since) })
  await side.pollHistory()
  await clock.advance(5 * minute)
  await side.pollHistory()
  rows.push(row(clock.now() - 4 * minute))
  await clock.advance(5 * minute)
  await side.pollHistory()
  t.equal(side.count('history'), 1)

  const endless = createSide({
    pageSize: 1,
    history: ({ page }) => Array.from({ length: page + 1 }, (_, index) => row(clock.now() + index)),
  })
  await endless.pollHistory()
  t.equal(endless.calls.filter((call) => call.startsWith('history')).length, 40)
  t.ok(endless.log.lines.some(({ level, message }) => level === 'warn' && /too many/.test(message)))
})

t.test('a history is read from ten minutes before it was read to, the oldest first', async (t) => {
  const clock = createSteppedClock()
  const asked: number[] = []
  const ago = [1, 3, 2].map((minutes) => clock.now() - minutes * minute)
  const side = createSide({
    clock,
    history: ({ since }) => {
      asked.push(since)
      return ago.map((sent, index) => row(sent, { alertBody: new Secret(`Logpush job ${index + 1}`) }))
    },
  })
  await side.pollHistory()
  t.same(
    side.notifications.book.seen.map(({ jobIds }) => jobIds),
    [['2'], ['3'], ['1']],
  )
  const readTo = side.notifications.book.readTo.get(quay.id) ?? 0
  await clock.advance(hour)
  await side.pollHistory()
  t.equal(asked[1], readTo - 10 * minute)
  t.ok((side.notifications.book.readTo.get(quay.id) ?? 0) >= readTo + hour)
})

t.test('a history that comes in part moves nothing', async (t) => {
  const clock = createSteppedClock()
  let broken = true
  const rows = [row(clock.now()), row(clock.now() - 1, { alertBody: new Secret('job 2') })]
  const side = createSide({
    clock,
    pageSize: 1,
    history: ({ page }) => {
      if (page === 2 && broken) throw failure('unavailable')
      return rows
    },
  })
  await side.inventory()
  await side.pollHistory()
  t.same([...side.notifications.book.readTo], [])
  t.same(side.notifications.book.seen, [])
  broken = false
  await side.pollHistory()
  t.equal(side.notifications.book.seen.length, 2)
})

t.test('without permission there is one line in the log, and all else goes on', async (t) => {
  let allowed = false
  const side = createSide({
    history: () => {
      if (!allowed) throw failure('forbidden')
      return []
    },
  })
  for (let i = 0; i < 3; i += 1) await side.pollHistory()
  const said = () => side.log.lines.filter(({ message }) => /notification history/.test(message))
  t.match(said(), [{ level: 'warn', message: /needs Notifications Read/ }])
  t.equal(said().length, 1)
  t.equal(side.self.pollers.get('history')?.failures.get('forbidden'), 3)
  allowed = true
  await side.pollHistory()
  t.match(said()[1], { level: 'info', message: 'reading the notification history works again' })
})

t.test(
  'webhooks and policies that cannot be read are counted, as long as the account is there',
  async (t) => {
    const odd: Unreadable = { id: '7', name: 'odd', field: 'url', leftOut: false }
    const side = createSide({
      webhooks: () => [aWebhook('1')],
      oddWebhooks: [odd],
      oddPolicies: [odd, { ...odd, id: null }],
    })
    await side.pollHistory()
    const counts = () =>
      [...side.self.unreadable.values()].map(({ kind, found }) => `${kind} ${found.length}`)
    t.strictSame(counts(), ['notification 0', 'webhook 1', 'policy 2'])
    side.state.setScopes([zoneA])
    await side.pollHistory()
    t.strictSame(counts(), [])
  },
)

t.test('webhooks that Logpush alerts go to are shown as Cloudflare sees them', async (t) => {
  const policy = (
    webhooks: readonly string[],
    edit: Partial<NotificationPolicy> = {},
  ): NotificationPolicy => ({
    id: 'p',
    name: 'p',
    description: '',
    enabled: true,
    alertType: alert,
    mechanisms: { email: [], webhooks, pagerduty: [] },
    filters: null,
    alertInterval: null,
    createdAt: null,
    ...edit,
  })
  const names = ['last_success', 'last_failure'].map(
    (what) => `cloudflare_logpush_notification_webhook_${what}_timestamp_seconds`,
  )
  const shown = ({ samples }: Pick<typeof side, 'samples'>) => names.map(samples)
  const side = createSide({
    webhooks: () => [
      aWebhook('1', { lastFailure: 2_000 }),
      aWebhook('2', { name: 'chat', lastSuccess: null }),
      aWebhook('3'),
    ],
    policies: [
      policy(['1', '2']),
      policy(['3'], { enabled: false }),
      policy(['3'], { alertType: 'billing_usage_alert' }),
    ],
  })
  await side.pollHistory()
  t.same(shown(side), [
    [{ values: ['Quay', 'exporter'], value: 1 }],
    [{ values: ['Quay', 'exporter'], value: 2 }],
  ])
  const twins = createSide({
    webhooks: () => [aWebhook('1'), aWebhook('2')],
    policies: [policy(['1', '2'])],
  })
  await twins.pollHistory()
  t.same(shown(twins)[0], [
    { values: ['Quay', 'exporter (1)'], value: 1 },
    { values: ['Quay', 'exporter (2)'], value: 1 },
  ])
  twins.state.setScopes([])
  await twins.pollHistory()
  t.same(shown(twins), [[], []], 'they go with their account')
})

t.test('what names no job is looked into for five minutes, and not at all when it comes late', async (t) => {
  const nameless = { data: null, text: 'A Logpush job was disabled.' }
  const side = createSide()
  await side.inventory()
  const open = () => side.notifications.book.open.length
  await side.notifications.receive(event(side.clock.now(), nameless))
  await side.followUp()
  const spent = side.clock.now() - (side.notifications.book.open[0]?.cameAt ?? 0)
  await side.clock.advance(5 * minute - 250 - spent)
  await side.followUp()
  t.equal(open(), 1)
  await side.clock.advance(minute)
  await side.followUp()
  t.equal(open(), 0)
  await side.notifications.receive(event(side.clock.now() - 5 * minute, { ...nameless, text: 'On time.' }))
  await side.followUp()
  t.equal(open(), 1)
  await side.notifications.receive(event(side.clock.now() - 5 * minute - 1, { ...nameless, text: 'Late.' }))
  await side.followUp()
  t.equal(open(), 1, 'the second is closed at once')
})

t.test('an error is close to the disable within two hours, before or after it', async (t) => {
  const side = createSide()
  const now = side.clock.now()
  const errors = [-2 * hour, -2 * hour + 1, 2 * hour - 1, 2 * hour]
  side.jobs[scopeKey(zoneA)] = errors.map((ago, index) => off(String(index), { lastError: now + ago }))
  await side.inventory()
  await side.notifications.receive(event(now, { data: null, text: 'A Logpush job was disabled.' }))
  await side.followUp()
  t.same(
    errors.map((_, index) => side.disabled(String(index))),
    [null, 'notified', 'notified', null],
  )
})

t.test('a delivery in the instant of the notification is one after it', async (t) => {
  const side = createSide()
  const old = side.clock.now() - hour
  side.jobs[scopeKey(zoneA)] = [off('1', { lastComplete: old }), off('2', { lastComplete: old - 1 })]
  await side.inventory()
  await side.notifications.receive(event(old, { data: { job_id: 1 } }))
  await side.notifications.receive(event(old, { data: { job_id: 2 } }))
  await side.followUp()
  t.same([side.disabled('1'), side.disabled('2')], [null, 'notified'])
})

t.test('what was sent a day ago is not counted, and a time far ahead is not believed', async (t) => {
  const side = createSide()
  await side.inventory()
  const day = 24 * hour
  const now = side.clock.now()
  const receive = (sent: number, job: number) =>
    side.notifications.receive(event(sent, { data: { job_id: job } }))
  await receive(now - day, 11)
  t.equal(side.count('webhook'), 0)
  await receive(now - day + 1_000, 12)
  t.equal(side.count('webhook'), 1)
  await receive(now + day - 1_000, 13)
  await receive(now + day, 14)
  t.same(
    side.notifications.book.seen.map(({ at }) => at - now),
    [-day, -day + 1_000, day - 1_000, 0],
  )
})

t.test(
  'a job that Cloudflare disabled is logged with the reason, however little is known of it',
  async (t) => {
    const side = createSide({ jobs: { [scopeKey(zoneA)]: [aJob('1'), off('2')] } })
    await side.inventory()
    await side.notifications.receive(event(side.clock.now()))
    await side.notifications.receive(event(side.clock.now(), { data: { job_id: 2 } }))
    const told = side.log.lines.filter(({ message }) => message.startsWith('Cloudflare reported'))
    t.match(
      told.map(({ level, fields }) => ({ level, fields })),
      [
        { level: 'warn', fields: { zone: 'a.example', job_id: '1', job_name: 'job 1', reason: 'other' } },
        { level: 'warn', fields: { zone: 'a.example', job_id: '2', job_name: 'job 2', reason: 'auth' } },
      ],
    )
  },
)

t.test('a follow-up that is given up ends quietly, one that is our error does not', async (t) => {
  const side = createSide()
  await side.inventory()
  await side.notifications.receive(event(side.clock.now()))
  const { notifications, state, clock, log } = side
  const running = (error: Error) => {
    const refresh = () => Promise.reject(error)
    const { signal } = new AbortController()
    return createFollowUp({ notifications, state, refresh, server: clock, clock, log }).run(signal, signal)
  }
  await t.resolves(running(failure('aborted')))
  await t.rejects(running(failure('unavailable')), /unavailable/)
  await t.rejects(running(new TypeError('a bug')), /a bug/)
})
