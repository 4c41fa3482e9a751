import t from 'tap'
import { seeJob } from '../../../src/domain/job/job-state.ts'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import type { HealthRow } from '../../../src/domain/ledger/health-row.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { newestFailures, pushFailureReason } from '../../../src/exporter/state/push-failure.ts'
import { aJob } from '../../support/exporter-core.ts'

const at = Date.UTC(2026, 10, 24, 3)
const minute = 60_000

function row(edit: Partial<HealthRow>): HealthRow {
  return {
    minute: at / minute,
    jobId: '1',
    destinationType: 's3',
    status: 403,
    final: true,
    success: false,
    uploads: 1,
    records: 1,
    bytes: 1,
    compressedBytes: 1,
    uploadSeconds: 1,
    sampleInterval: 1,
    lastUpload: at,
    ...edit,
  }
}

function job(errorMessage: string | null, lastError: number | null, enabled = true) {
  const message = errorMessage === null ? null : new Secret(errorMessage)
  return seeJob(null, summarise(aJob('1', { errorMessage: message, lastError, enabled })), at + 5 * minute)
}

t.test('of the attempts of a job that failed, the newest counts', async (t) => {
  const known = newestFailures(new Map(), [
    row({ status: 503, lastUpload: at - minute }),
    row({ status: 403 }),
    row({ status: 404, lastUpload: at - 2 * minute }),
    row({ status: 200, success: true, lastUpload: at + minute }),
    row({ jobId: '2', status: 1105, final: false }),
  ])
  t.same(
    [...known],
    [
      ['1', { status: 403, at }],
      ['2', { status: 1105, at }],
    ],
  )
  const later = newestFailures(known, [
    row({ status: 429, lastUpload: at + 1 }),
    row({ status: 500, jobId: '3' }),
  ])
  t.same(later.get('1'), { status: 429, at: at + 1 })
  t.equal(known.get('1')?.status, 403, 'what was known is left as it was')
})

t.test('the class of an error comes from the attempt that it is about, else from its text', async (t) => {
  const attempt = (status: number, time = at) => ({ status, at: time })
  const failing = job('something odd', at)
  t.equal(pushFailureReason(failing, undefined), 'other')
  t.equal(pushFailureReason(failing, attempt(403)), 'auth')
  t.equal(pushFailureReason(failing, attempt(403, at - minute)), 'auth', 'times of a whole minute')
  t.equal(pushFailureReason(failing, attempt(403, at - minute - 1)), 'other', 'from before the failure began')
  t.equal(pushFailureReason(job('context deadline exceeded', at), attempt(1102)), 'timeout')
  t.equal(pushFailureReason(job('no such host', at, false), attempt(403, at - 5 * minute)), 'dns')
  t.equal(pushFailureReason(job(null, at), attempt(404)), 'not_found', 'an error without a text')
  t.equal(pushFailureReason(job('no such host', null, false), attempt(404)), 'dns', 'without a time')
})

t.test('a job without an error has no class, whatever failed before', async (t) => {
  t.equal(pushFailureReason(job(null, null), { status: 403, at }), null)
})
