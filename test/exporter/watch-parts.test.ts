import t from 'tap'
import { scopeKey } from '../../src/domain/scope.ts'
import { aJob, failure, quay, quayAccount, zone } from '../support/exporter-core.ts'
import { begin, createApi } from '../support/watch-world.ts'

const one = zone('one.example')
const hour = 3_600_000
const page = { items: [], unreadable: [], fill: 'empty', lastPage: 1, cursor: null } as const

t.test('who changed a job is asked for as soon as a listing shows the change', async (t) => {
  const api = createApi({ zones: [one] })
  const asked: string[] = []
  api.rest.listAuditLog = async (accountId) => {
    asked.push(accountId)
    return page
  }
  const { clock, end } = begin(api, { settings: { actorNaming: 'id', inventoryPollIntervalMs: 60_000 } })
  await clock.advance(10_000)
  t.same(asked, [quay.id], 'the first look')
  await clock.advance(60_000)
  t.equal(asked.length, 1, 'nothing has changed')
  api.rest.listJobs = async () => ({ items: [aJob('10', { enabled: false })], unreadable: [] })
  await clock.advance(60_000)
  t.equal(asked.length, 2)
  await end()
})

t.test('the history of notifications is read at its own interval, or not at all', async (t) => {
  for (const [historyPollIntervalMs, reads] of [
    [600_000, 2],
    [null, 0],
  ] as const) {
    const api = createApi({ zones: [one] })
    let read = 0
    api.rest.listHistory = async () => {
      read += 1
      return page
    }
    api.rest.listWebhooks = async () => ({ items: [], unreadable: [] })
    const { clock, end } = begin(api, { settings: { historyPollIntervalMs } })
    await clock.advance(620_000)
    t.equal(read, reads)
    await end()
  }
})

t.test('a notification has the jobs of its account listed at once', async (t) => {
  const api = createApi({ zones: [one] })
  const settings = { inventoryPollIntervalMs: hour }
  const { clock, notifications, end } = begin(api, { settings })
  await clock.advance(5_000)
  const before = api.calls.jobs
  await notifications.receive({
    alertType: 'failing_logpush_job_disabled_alert',
    accountId: quay.id,
    policyId: null,
    correlationId: null,
    phase: 'start',
    jobIds: ['10'],
    sent: clock.now(),
    fingerprint: 0,
  })
  await clock.advance(5_000)
  t.equal(api.calls.jobs - before, 2, 'those of the account and of its zone')
  await end()
})

t.test('one scope can be listed out of turn', async (t) => {
  const api = createApi({ zones: [one] })
  const { clock, watch, state, end } = begin(api, { settings: { inventoryPollIntervalMs: hour } })
  await clock.advance(5_000)
  const [before, at] = [api.calls.jobs, clock.now()]
  const done = watch.refresh(scopeKey(one), new AbortController().signal)
  await clock.advance(5_000)
  await done
  t.equal(api.calls.jobs - before, 1)
  t.ok((state.scope(scopeKey(one))?.inventory.lastSuccess ?? 0) >= at)
  await end()
})

t.test('destinations are looked at once jobs have been listed, at their own interval', async (t) => {
  const looks: number[] = []
  const api = createApi({ zones: [one] })
  const { clock, state, end } = begin(api, {
    arrival: {
      everyMs: () => 30_000,
      cycle: async () => {
        looks.push(state.scope(scopeKey(one))?.jobs.size ?? 0)
      },
    },
  })
  await clock.advance(70_000)
  t.same(looks, [1, 1, 1])
  await end()
})

t.test('what is counted goes into the history that pages draw', async (t) => {
  const { clock, uploads, end } = begin(createApi({ zones: [one] }))
  t.equal(uploads.knownFrom(scopeKey(one)), null)
  await clock.advance(5_000)
  t.not(uploads.knownFrom(scopeKey(one)), null)
  await end()
})

t.test('jobs that were just found have their health read in seconds, not after an interval', async (t) => {
  let hasJobs = false
  const api = createApi({ zones: [one], hasJobs: () => hasJobs })
  const { clock, state, end } = begin(api, {
    settings: { healthPollIntervalMs: hour, inventoryPollIntervalMs: 60_000 },
  })
  await clock.advance(30_000)
  t.equal(state.scope(scopeKey(quayAccount))?.health.lastSuccess, null)
  hasJobs = true
  await clock.advance(2 * 60_000)
  t.not(state.scope(scopeKey(quayAccount))?.health.lastSuccess ?? null, null)
  const before = api.calls.health
  await clock.advance(5 * 60_000)
  t.equal(api.calls.health, before, 'and then the interval counts')
  await end()
})

t.test('before accounts and zones are found, nothing else is asked', async (t) => {
  const api = createApi({ zones: [one], listAccounts: () => new Promise(() => {}) })
  const { clock, gate, stop } = begin(api)
  await clock.advance(5_000)
  t.same([api.calls.jobs, api.calls.health], [0, 0])
  t.equal(gate.progress().waitingFor, 'discovery')
  stop.abort()
})

t.test('the history of a zone that is listed no more is forgotten', async (t) => {
  const zones = [one, zone('two.example')]
  const api = createApi({ zones })
  const { clock, uploads, end } = begin(api, { settings: { discoveryPollIntervalMs: 60_000 } })
  const known = () => [one, zone('two.example')].map((scope) => uploads.knownFrom(scopeKey(scope)) !== null)
  await clock.advance(5_000)
  t.same(known(), [true, true])
  zones.pop()
  await clock.advance(125_000)
  t.same(known(), [true, false])
  await end()
})

t.test('a watch that is told to stop before it begins asks nothing and ends', async (t) => {
  const api = createApi({ zones: [one] })
  const { clock, watch, end } = begin(api)
  await end()
  const before = { ...api.calls }
  const again = watch.run(AbortSignal.abort(), new AbortController().signal)
  await clock.advance(2_000)
  await again
  t.same(api.calls, before)
})

t.test('a token that could not be verified at the start is tried again in seconds', async (t) => {
  let isDown = true
  const api = createApi({
    zones: [one],
    verifyToken: async () => {
      if (isDown) throw failure('bad_response')
      return { id: 't', status: 'active', expiresOn: null }
    },
  })
  const { clock, self, end } = begin(api)
  await clock.advance(4_000)
  t.equal(self.token, null)
  isDown = false
  await clock.advance(30_000)
  t.equal(self.token?.active, true)
  await end()
})
