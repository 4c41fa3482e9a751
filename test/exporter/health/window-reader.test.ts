import t from 'tap'
import type { HealthRow } from '../../../src/domain/ledger/health-row.ts'
import { noCounts } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { type Scope, scopeKey } from '../../../src/domain/scope.ts'
import { minuteMs, minuteOf } from '../../../src/domain/time.ts'
import { createWindowReader } from '../../../src/exporter/health/window-reader.ts'
import { createUploadHistory } from '../../../src/exporter/state/upload-history.ts'
import type { HealthAnswer, HealthQuery } from '../../../src/ports/cloudflare.ts'
import { aCaller } from '../../support/callers.ts'
import { createCore, failure, quayAccount, zone } from '../../support/exporter-core.ts'
import { aSummary } from '../../support/status-world.ts'

const zones = Array.from({ length: 10 }, (_, index) => zone(`zone${index}.example`))
const one = zone('zone0.example')
const key = scopeKey(one)
const batch = { priority: 1, whole: true, pageSize: 10_000, fields: 'all' } as const

const lost = (jobId: string, minute: number, uploads = 1): HealthRow => ({
  ...noCounts,
  minute,
  jobId,
  destinationType: 's3',
  status: 503,
  final: true,
  success: false,
  uploads,
  records: 10 * uploads,
  sampleInterval: 1,
  lastUpload: minute * minuteMs,
})

/** Reads windows of scopes from answers that the test gives. */
function reading(watched: readonly Scope[] = zones) {
  const core = createCore()
  const { state, self, memory, server, clock, log } = core
  state.setScopes(watched)
  const queries: HealthQuery[] = []
  const history = createUploadHistory()
  const turns: string[] = []
  let rows: ReadonlyMap<string, readonly HealthRow[]> = new Map()
  let edit: Partial<HealthAnswer> = {}
  const read = createWindowReader({
    ...{ state, self, memory, server, clock, log, history },
    turns: { toBegin: async () => void turns.push('begin'), toFinish: async () => void turns.push('finish') },
    call: aCaller({ clock, reads: 'pollRead' }),
    api: {
      async readHealth(query) {
        queries.push(query)
        return { rows, failures: new Map(), date: null, ...edit }
      },
      readLimits: async () => ({ limits: new Map(), failures: new Map() }),
    },
    settings: () => ({
      revisionWindowMs: 15 * minuteMs,
      initialLookbackMs: 15 * minuteMs,
      rateLimitType: 'user',
      sweepEveryMs: 600_000,
      healthPollIntervalMs: 60_000,
    }),
    requestsPerCycle: () => 100,
  })
  const call = aCaller({ clock, reads: 'pollRead' })
  return {
    ...core,
    queries,
    history,
    turns,
    running: minuteOf(clock.now()),
    answer: (next: readonly HealthRow[], of: Scope = one, more: Partial<HealthAnswer> = {}) => {
      rows = new Map([[of.id, next]])
      edit = more
    },
    read: (scopes: readonly Scope[], from: number | null = null) => read(call, { ...batch, scopes }, from),
  }
}

t.test('all scopes of one answer together have fifty thousand rows at most', async (t) => {
  const { read, queries } = reading()
  for (const count of [1, 5, 6, 7, 10]) await read(zones.slice(0, count))
  t.same(
    queries.map(({ limit }) => limit),
    [10_000, 10_000, 8_334, 7_143, 5_000],
  )
})

t.test('a window that does not reach the newest minute is followed by another', async (t) => {
  const { read, memory, running, state, clock } = reading()
  await memory.saveLedger(key, beginLedger(running - 90))
  state.limitsRead(key, {
    enabled: true,
    maxDurationSeconds: 3_600,
    notOlderThanSeconds: 86_400,
    maxPageSize: 100,
    optionalFields: true,
  })
  const first = await read([one])
  t.equal(first.next, running - 30)
  t.same(
    first.read.map(({ name }) => name),
    ['zone0.example'],
  )
  const second = await read([one], first.next)
  t.equal(second.next, null)
  t.equal(state.scope(key)?.readTo, minuteOf(clock.now()))
})

t.test('how many rows each scope had is told, and which failed', async (t) => {
  const { read, answer, running, state } = reading()
  const broken = { failure: failure('bad_response'), unreadable: [] }
  const failures = new Map([[zone('zone1.example').id, broken]])
  answer([lost('1', running - 2), lost('2', running - 1)], one, { failures })
  const done = await read(zones.slice(0, 2))
  t.same([...done.rows], [[one.id, 2]])
  t.same(
    done.read.map(({ name }) => name),
    ['zone0.example'],
  )
  t.same(
    done.failed.map(([{ name }, { kind }]) => [name, kind]),
    [['zone1.example', 'bad_response']],
  )
  t.equal(state.scope(scopeKey(zone('zone1.example')))?.readTo, null)
})

t.test('the earliest clock tells which minutes have ended', async (t) => {
  const { read, answer, running, clock, state } = reading()
  await clock.advance(30_000)
  answer([], one, { date: clock.now() - 3 * minuteMs })
  await read([one])
  t.equal(state.scope(key)?.readTo, running - 3)
  answer([], one, { date: clock.now() + 3 * minuteMs })
  await read([one])
  t.equal(state.scope(key)?.readTo, running, 'a date that is ahead settles nothing')
})

t.test('losses of the first read are no news; those of later ones are said', async (t) => {
  const { read, answer, running, log, state } = reading()
  state.jobsListed(key, [aSummary('1', 0)], 0)
  answer([lost('1', running - 3)])
  await read([one])
  t.same(log.taken(), [])
  answer([lost('1', running - 3), lost('1', running - 2, 2)])
  await read([one])
  t.match(log.taken(), [
    { message: 'batches lost', job_id: '1', zone: 'zone0.example', batches: 2, records: 20 },
  ])
})

t.test('the history has what was counted of the jobs that are shown here', async (t) => {
  const { read, answer, running, history, state, clock } = reading([quayAccount, one])
  state.jobsListed(key, [aSummary('1', 0)], 0)
  answer([lost('1', running - 2), lost('2', running - 2, 3)], quayAccount)
  await read([quayAccount])
  const batches = () => ['1', '2'].map((id) => history.lostLately(id, clock.now()))
  t.same(batches(), [0, 3], "the zone's job is counted with the zone")
  t.same([...(state.scope(scopeKey(quayAccount))?.totals.keys() ?? [])], ['2'])
  answer([lost('1', running - 2)])
  await read([one])
  t.same(batches(), [1, 3])
  await read([one])
  t.same(batches(), [1, 3], 'once')
})

t.test('counts of a job that is gone are forgotten once its minutes are settled', async (t) => {
  const { read, answer, running, state, clock } = reading()
  const counted = () => [...(state.scope(key)?.totals.keys() ?? [])]
  state.jobsListed(key, [aSummary('1', 0), aSummary('2', 0)], 0)
  answer([lost('1', running - 2), lost('2', running - 2)])
  await read([one])
  state.jobsListed(key, [aSummary('2', 0)], 0)
  await read([one])
  t.same(counted(), ['1', '2'], 'late rows may come')
  await clock.advance(30 * minuteMs)
  answer([])
  await read([one])
  t.same(counted(), ['2'])
})

t.test('where jobs cannot be listed, no count is forgotten', async (t) => {
  const { read, answer, running, state, clock } = reading()
  state.jobsFailed(key, failure('forbidden'), 0)
  answer([lost('1', running - 2)])
  await read([one])
  await clock.advance(30 * minuteMs)
  answer([])
  await read([one])
  t.same([...(state.scope(key)?.totals.keys() ?? [])], ['1'])
})

t.test('an answer for a scope that left meanwhile is stored, and shown nowhere', async (t) => {
  const { read, answer, running, state, memory, history, clock } = reading()
  state.setScopes([])
  answer([lost('1', running - 2)])
  await read([one])
  t.equal(memory.ledger(key)?.totals.size, 1)
  t.equal(state.scopes.size, 0)
  t.equal(history.lostLately('1', clock.now()), 0)
})

t.test(
  'rows that were left out of an answer are noted with their scope, until they can be read',
  async (t) => {
    const { read, answer, running, self, log } = reading()
    const strays = new Map([[one.id, [{ id: '7', name: null, field: 'status', leftOut: true }]]])
    answer([lost('1', running - 2)], one, { strays })
    await read(zones.slice(0, 2))
    const found = () => [...self.unreadable].map(([list, objects]) => [list, objects.found.length])
    const second = scopeKey(zone('zone1.example'))
    t.same(found(), [
      [`row ${key}`, 1],
      [`row ${second}`, 0],
    ])
    t.match(log.taken(), [{ level: 'warn', kind: 'row', account: 'Quay', zone: 'zone0.example', objects: 1 }])
    answer([])
    await read([one])
    t.same(found().at(0), [`row ${key}`, 0])
  },
)

t.test('each scope has turns of its own to be chosen for, counted and shown', async (t) => {
  const { read, turns } = reading()
  await read(zones.slice(0, 3))
  t.same(turns, [...Array(3).fill('begin'), ...Array(6).fill('finish')])
})
