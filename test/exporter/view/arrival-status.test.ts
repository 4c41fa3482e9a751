import t from 'tap'
import { beginLedger } from '../../../src/domain/arrival/arrival-ledger.ts'
import { beginRecords } from '../../../src/domain/arrival/record-ledger.ts'
import type { JobArrival } from '../../../src/exporter/state/job-arrival.ts'
import { failed, succeeded } from '../../../src/exporter/state/poll-state.ts'
import { arrivalStatus } from '../../../src/exporter/view/arrival-status.ts'
import { elasticPlace, untriedArrival } from '../../support/arrival-values.ts'
import { failure } from '../../support/exporter-core.ts'
import { minute } from '../../support/status-world.ts'

const at = Date.UTC(2026, 10, 24, 3)

const untried: JobArrival = { ...untriedArrival, place: { store: 'gcs', bucket: 'logs', path: 'http' } }
const status = (edit: Partial<JobArrival>) => arrivalStatus({ ...untried, ...edit }, () => [], at)

t.test('before the first look only the place is known', async (t) => {
  t.match(status({}), {
    place: 'gs://logs/http',
    unit: 'files',
    jobs: ['7', '8'],
    failure: null,
    found: null,
    records: null,
    tolerance: 0.99,
    command: /gs:\/\/logs\/http/,
  })
})

t.test('what was found of files is told with its gaps, the newest first', async (t) => {
  const gap = (ago: number) => ({ from: at - ago * minute, to: at - (ago - 1) * minute })
  const ledger = { ...beginLedger(at - 60 * minute, 0), files: 5, bytes: 700, lateFiles: 2, gapMs: 1_500 }
  const { found, missingShare, silent } = status({
    poll: succeeded(at),
    ledger: { ...ledger, newestEnd: at - minute, gaps: [gap(9), gap(3)] },
    missingShare: 0.25,
    silent: true,
  })
  t.match(found, {
    since: ledger.began,
    files: 5,
    bytes: 700,
    lateFiles: 2,
    newestEnd: at - minute,
    gapMs: 1_500,
  })
  t.same(found?.gaps, [gap(3), gap(9)])
  t.same([missingShare, silent], [0.25, true])
})

t.test('of an index records are told, and a failure since when', async (t) => {
  const poll = failed(succeeded(at - minute), failure('forbidden'), at)
  const records = { ...beginRecords(at - minute), records: 12 }
  t.match(status({ place: elasticPlace, poll, records }), {
    place: 'https://e.example/i',
    unit: 'records',
    failure: { kind: 'forbidden', since: at },
    found: null,
    records: { since: records.began, count: 12 },
  })
})
