import t from 'tap'
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
