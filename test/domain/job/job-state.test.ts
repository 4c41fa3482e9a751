import t from 'tap'
import type { JobSummary } from '../../../src/domain/job/job.ts'
import {
  isFailing,
  notificationLeadMs,
  notifyDisabled,
  notifyEnded,
  seeJob,
} from '../../../src/domain/job/job-state.ts'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { aJob } from '../../support/exporter-core.ts'

const at = Date.UTC(2026, 10, 24, 3)
const hour = 3_600_000
const failure = { reason: 'auth', message: 'denied' } as const
const job = (edit: Partial<JobSummary> = {}): JobSummary => ({ ...summarise(aJob('7')), ...edit })

t.test('a job that is on fails with an error that has a time, a text or both', async (t) => {
  t.ok(isFailing(job({ lastError: at })))
  t.ok(isFailing(job({ failure })))
  t.ok(isFailing(job({ lastError: at, failure })))
  t.notOk(isFailing(job()))
  t.notOk(isFailing(job({ enabled: false, lastError: at, failure })))
})

t.test('a job keeps the moment of its first sight', async (t) => {
  const first = seeJob(null, job(), at)
  t.match(first, { firstSeen: at, failingSince: null, disabledByFailure: null })
  t.equal(seeJob(first, job(), at + hour).firstSeen, at)
})

t.test('a notification outlives the sight of an enabled job by less than five minutes', async (t) => {
  const notified = notifyDisabled(seeJob(null, job({ failure }), at), at)
  const after = (ms: number) => seeJob(notified, job({ failure }), at + ms).disabledByFailure
  t.equal(notificationLeadMs, 300_000)
  t.same(after(notificationLeadMs - 1), { how: 'notified', at })
  t.equal(after(notificationLeadMs), null)
})

t.test('the end of an alert ends what was notified of a job that is on, and nothing else', async (t) => {
  const quiet = seeJob(null, job(), at)
  t.equal(notifyEnded(quiet), quiet)
  const seen = { ...quiet, disabledByFailure: { how: 'seen', at } } as const
  t.equal(notifyEnded(seen), seen)
  t.same(notifyEnded(notifyDisabled(quiet, at)), quiet)
})

t.test('a job that was seen to be disabled is over with it once it is seen enabled', async (t) => {
  const seen = { ...seeJob(null, job(), at), disabledByFailure: { how: 'seen', at } } as const
  t.equal(seeJob(seen, job(), at + 1).disabledByFailure, null)
})

t.test('only the step from on to off is judged, and only of a job that was known', async (t) => {
  const long = { lastError: at, lastComplete: at - 30 * hour, failure, enabled: false }
  t.equal(seeJob(null, job(long), at).disabledByFailure, null)
  t.equal(seeJob(seeJob(null, job(long), at), job(long), at + 30 * hour).disabledByFailure, null)
  const on = seeJob(null, job({ ...long, enabled: true }), at)
  t.same(seeJob(on, job(long), at).disabledByFailure, { how: 'seen', at })
})

t.test('what was last delivered may be known from an earlier sight', async (t) => {
  const on = seeJob(null, job({ lastError: at, failure, lastComplete: at - 19 * hour }), at)
  const off = (ms: number) =>
    seeJob(on, job({ lastComplete: null, lastError: at, enabled: false }), at + ms).disabledByFailure
  t.equal(off(hour - 1), null)
  t.equal(off(hour)?.how, 'seen')
})

t.test('a failure that nobody saw lasted from the last delivery to the last error', async (t) => {
  const quiet = seeJob(null, job({ lastComplete: at }), at)
  const off = (lastError: number, lastComplete: number | null = at) =>
    seeJob(quiet, job({ lastError, lastComplete, enabled: false }), at + 90 * hour).disabledByFailure
  t.equal(off(at + 20 * hour)?.how, 'seen')
  t.equal(off(at + 20 * hour - 1), null)
  t.equal(off(at + 20 * hour, null)?.how, 'seen')
  const never = seeJob(null, job(), at)
  t.equal(
    seeJob(never, job({ lastError: at + 90 * hour, enabled: false }), at + 90 * hour).disabledByFailure,
    null,
    'of a job that never delivered nobody knows how long',
  )
})
