import t from 'tap'
import { newScopeState } from '../../../src/exporter/state/scope-state.ts'
import { createUploadHistory } from '../../../src/exporter/state/upload-history.ts'
import { healthStates } from '../../../src/exporter/view/health-state.ts'
import { type JobStatus, jobStatus } from '../../../src/exporter/view/job-status.ts'
import {
  isDisableNear,
  isOneGuess,
  lostText,
  reasonNames,
  stateNames,
  whyText,
} from '../../../src/http/pages/health-state-text.ts'
import { jobTable } from '../../../src/http/pages/job-table.ts'
import { quayAccount } from '../../support/exporter-core.ts'
import { golden, pageText } from '../../support/page-text.ts'
import { hour, minute } from '../../support/status-world.ts'

/* What a row of the list says of a job. */

const now = Date.UTC(2026, 10, 24, 3)
const scope = newScopeState(quayAccount, { account: 'Quay', zone: '' })
const unlisted = { job: null, maxLagMs: hour, lostLately: 0, trouble: 'unknown' } as const
const status: JobStatus = {
  ...jobStatus({ id: '7', scope, ...unlisted }, createUploadHistory(), now),
  facts: {
    dataset: 'http_requests',
    kind: '',
    enabled: true,
    destinationType: 's3',
    destination: 's3://quay-logs',
    maxUploadIntervalSeconds: null,
    firstSeen: now - hour,
  },
}
const why = (edit: Partial<JobStatus>): string => pageText(whyText({ ...status, ...edit }, now).html)

t.test('each state and each class of error has a name of its own', async (t) => {
  for (const names of [stateNames, reasonNames]) {
    const texts: readonly string[] = Object.values(names)
    t.equal(new Set(texts).size, texts.length)
    for (const text of texts) t.match(text, /^[A-Z]/)
  }
})

t.test('what is known where Cloudflare gives no error is said for each state', async (t) => {
  golden(
    t,
    'job-row-without-error',
    healthStates.map((trouble) => `${trouble}: ${why({ trouble })}`).join('\n'),
  )
})

t.test('an error is told with its class, and not of a job that is fine or off', async (t) => {
  const error = { reason: 'auth', error: '403 Forbidden' } as const
  t.equal(why({ trouble: 'failing', ...error }), '*Access refused* 403 Forbidden')
  t.equal(why({ trouble: 'failing', ...error, error: null }), '*Access refused*')
  t.equal(why({ trouble: 'ok', ...error }), '')
  t.equal(why({ trouble: 'off', ...error }), 'disabled')
})

t.test('that a job will be disabled is told when twelve hours are left', async (t) => {
  const left = (ms: number) =>
    why({ trouble: 'failing', reason: 'dns', disableExpected: { earliest: now + ms, latest: now + ms } })
  t.match(left(12 * hour), /Will be disabled in about 12 h/)
  t.equal(left(12 * hour + 1), '*Name not resolved*')
  t.strictSame(
    [12 * hour, 12 * hour + 1].map((ms) => isDisableNear({ earliest: now + ms, latest: now + ms }, now)),
    [true, false],
  )
})

t.test('two guesses that are an hour apart are two', async (t) => {
  t.strictSame(
    [hour - 1, hour].map((apart) => isOneGuess({ earliest: now, latest: now + apart })),
    [true, false],
  )
})

t.test('a loss is told in records and batches', async (t) => {
  const lost = (lostBatches: number) =>
    pageText(lostText({ ...status, lastHour: { ...status.lastHour, lostBatches, lostRecords: 1 } }).html)
  t.strictSame([lost(0), lost(1), lost(2)], ['', '*1 record* 1 batch', '*1 record* 2 batches'])
})

t.test('a lag beyond its limit stands out, unless the job is off', async (t) => {
  const style = (edit: Partial<JobStatus>) =>
    /class="(lag[^"]*)"/.exec(jobTable([{ ...status, ...edit }], './', now).html)?.[1]
  const enabled = (enabled: boolean) => status.facts && { ...status.facts, enabled }
  t.equal(style({ lagMs: hour + 1 }), 'lag over')
  t.equal(style({ lagMs: hour }), 'lag')
  t.equal(style({ lagMs: null }), 'lag')
  t.equal(style({ lagMs: hour + 1, facts: enabled(false) }), 'lag')
  t.equal(style({ lagMs: hour + 1, facts: null }), 'lag')
})

t.test('old data is marked, with the reason behind it', async (t) => {
  const marked = (blind: JobStatus['blind']) =>
    /<span class="badge blind"[^>]*>[^<]*</.exec(jobTable([{ ...status, blind }], './', now).html)?.[0]
  t.equal(marked(null), undefined)
  t.equal(
    marked({ source: 'health', since: now - minute, kind: 'timeout', message: 'it "timed" out' }),
    '<span class="badge blind" title="it &quot;timed&quot; out">Old data<',
  )
})
