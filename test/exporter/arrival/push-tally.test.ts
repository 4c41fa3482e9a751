import t from 'tap'
import type { ArrivalRule } from '../../../src/domain/arrival/arrival-rule.ts'
import { noCounts } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger, type MinuteCounts, observe } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { createPushTally } from '../../../src/exporter/arrival/push-tally.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { arrivalRule, storedJob } from '../../support/arrival-core.ts'
import { zone } from '../../support/exporter-core.ts'

const start = Math.floor(Date.UTC(2026, 10, 24, 3) / 60_000)
const one = zone('one.example')
const key = scopeKey(one)

function world() {
  const state = createState()
  state.setScopes([one])
  state.jobsListed(key, [storedJob('7'), storedJob('8', { destinationType: 'splunk' })], start * 60_000)
  const tally = createPushTally(state, () => [arrivalRule])
  return { tally, counted: () => tally.together(['7'])(start, start + 10) }
}

const delivered = (jobId: string, uploads: number, edit: Partial<MinuteCounts> = {}): MinuteCounts => ({
  minute: start + 1,
  jobId,
  final: true,
  success: true,
  counts: { ...noCounts, uploads, compressedBytes: 10 * uploads },
  ...edit,
})

t.test('delivered batches of watched jobs count, lost and retried ones and other jobs do not', async (t) => {
  const { tally, counted } = world()
  t.equal(tally.since(['7']), null)
  tally.counted(key, beginLedger(start), [
    delivered('7', 2),
    delivered('7', 50, { final: false }),
    delivered('7', 60, { success: false }),
    delivered('8', 70),
  ])
  t.match(counted(), { count: 2, bytes: 20 })
  t.equal(tally.since(['7']), start)
  t.equal(tally.since(['7', '8']), null, 'one of them is not known')
})

t.test('at the first read, what the ledger already knew counts too, and only then', async (t) => {
  const { tally, counted } = world()
  const row = { ...noCounts, uploads: 3, compressedBytes: 30, minute: start + 2, jobId: '7', status: 200 }
  const rest = { destinationType: 's3', final: true, success: true, sampleInterval: 1 }
  const whole = { ...row, ...rest, lastUpload: (start + 2) * 60_000 }
  const window = { from: start, to: start + 5 }
  const { ledger } = observe(beginLedger(start), window, [whole], (start + 4) * 60_000, start)
  tally.counted(key, ledger, [delivered('7', 1)])
  t.match(counted(), { count: 4, bytes: 40 })
  tally.counted(key, ledger, [])
  t.match(counted(), { count: 4, bytes: 40 })
})

t.test('a job that is watched no more is forgotten, and begins anew when it comes back', async (t) => {
  const { tally, counted } = world()
  tally.counted(key, beginLedger(start), [delivered('7', 2)])
  tally.keep(new Set(['7']))
  t.match(counted(), { count: 2 })
  tally.keep(new Set())
  t.equal(tally.since(['7']), null)
  tally.counted(key, beginLedger(start), [delivered('7', 1)])
  t.match(counted(), { count: 1 })
})

const elastic = {
  ...arrivalRule,
  read: {
    kind: 'elastic',
    place: { store: 'elastic', url: 'https://es.example', index: 'i', timeField: 't', query: null },
    apiKeyFile: null,
  },
} as const

/** A tally by rules that the test changes; jobs 7 and 9 are watched. */
function ruled(...first: readonly ArrivalRule[]) {
  let rules = first
  const state = createState()
  state.setScopes([one])
  state.jobsListed(key, [storedJob('7'), storedJob('9')], start * 60_000)
  const tally = createPushTally(state, () => rules)
  const batch = (jobId: string, minute: number): MinuteCounts => ({
    ...delivered(jobId, 1, { minute }),
    counts: { ...noCounts, uploads: 1, records: 500, compressedBytes: 10 },
  })
  return {
    state,
    tally,
    batch,
    setRules: (...next: readonly ArrivalRule[]) => {
      rules = next
    },
    sum: (...ids: readonly string[]) => tally.together(ids)(start, start + 10),
  }
}

t.test('where a destination has files, batches and bytes count, where it has none, records', async (t) => {
  const files = ruled(arrivalRule)
  files.tally.counted(key, beginLedger(start), [files.batch('7', start)])
  t.same(files.sum('7'), { count: 1, bytes: 10 })
  const records = ruled(elastic)
  records.tally.counted(key, beginLedger(start), [records.batch('7', start)])
  t.same(records.sum('7'), { count: 500, bytes: 0 })
})

t.test('a job that is read in another way from now on is counted anew', async (t) => {
  const { tally, batch, setRules, sum } = ruled(arrivalRule)
  tally.counted(key, beginLedger(start), [batch('7', start)])
  setRules(elastic)
  tally.counted(key, beginLedger(start + 5), [batch('7', start + 6)])
  t.equal(tally.since(['7']), start + 5)
  t.equal(sum('7'), null)
  t.same(tally.together(['7'])(start + 5, start + 10), { count: 500, bytes: 0 })
  tally.counted(key, beginLedger(start + 9), [batch('7', start + 9)])
  t.equal(tally.since(['7']), start + 5, 'and not at each read')
})

t.test(
  'jobs together are known from the last of them on, and nothing is known with a stranger',
  async (t) => {
    const { tally, batch, sum, setRules, state } = ruled({ ...arrivalRule, match: { jobId: '7' } })
    tally.counted(key, beginLedger(start), [batch('7', start), batch('9', start)])
    t.equal(sum('7', '9'), null)
    setRules(arrivalRule)
    tally.counted(key, beginLedger(start + 3), [batch('9', start + 4), batch('7', start + 4)])
    t.equal(tally.since(['7', '9']), start + 3)
    t.equal(tally.since(['9', '7']), start + 3)
    t.same(tally.together(['7', '9'])(start + 3, start + 5), { count: 2, bytes: 20 })
    t.equal(sum('7', '9'), null, 'it reaches beyond what is known of one')
    tally.counted(key, beginLedger(start), [batch('99', start)])
    t.equal(sum('99'), null)
    state.setScopes([])
    tally.counted(key, beginLedger(start), [batch('7', start + 4)])
    t.same(tally.together(['7'])(start + 3, start + 5), { count: 1, bytes: 10 }, 'a scope that left')
  },
)

t.test('without rules nothing is counted', async (t) => {
  const { tally, batch, sum, setRules } = ruled()
  tally.counted(key, beginLedger(start), [batch('7', start)])
  t.equal(tally.since(['7']), null)
  setRules(arrivalRule)
  tally.counted(key, beginLedger(start), [batch('7', start)])
  setRules()
  tally.counted(key, beginLedger(start), [batch('7', start)])
  t.same(sum('7'), { count: 1, bytes: 10 })
})

t.test('slots are the sums of all jobs, unknown where one of them is', async (t) => {
  const { tally, batch } = ruled(arrivalRule)
  const now = (start + 9) * 60_000
  tally.counted(key, beginLedger(start), [batch('7', start), batch('9', start + 1), batch('9', start + 7)])
  t.same(tally.slots(['7', '9'], now, 5).slice(-3), [null, { count: 2, bytes: 20 }, { count: 1, bytes: 10 }])
  t.same(tally.slots(['7', '8'], now, 5).slice(-1), [null])
  t.same(tally.slots([], now, 5), [])
})
