import t from 'tap'
import type { JobSummary } from '../../../src/domain/job/job.ts'
import { type JobState, seeJob } from '../../../src/domain/job/job-state.ts'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { scopeFromRecord } from '../../../src/domain/job/stored-job.ts'
import { aJob } from '../../support/exporter-core.ts'

const at = Date.UTC(2026, 10, 24, 3)
const summary: JobSummary = {
  ...summarise(aJob('7')),
  lastComplete: at - 1,
  lastError: at - 2,
  maxUploadIntervalSeconds: 30,
  destinationExpiry: at + 1,
  failure: { reason: 'auth', message: 'denied' },
}
const job: JobState = { ...seeJob(null, summary, at), disabledByFailure: { how: 'seen', at } }
const record = { kind: 'zone', id: 'z', name: 'n', accountId: 'a', accountName: 'b', jobs: [job] }

const jobsOf = (...jobs: readonly unknown[]) => scopeFromRecord({ ...record, jobs })?.jobs
const withState = (edit: object) => jobsOf({ ...job, ...edit })?.[0]
const withSummary = (edit: object) => withState({ summary: { ...summary, ...edit } })

const noText = [7, null, undefined, ['x']]
const noInstant = ['7', Number.NaN, Number.POSITIVE_INFINITY, undefined, true]

t.test('a job with all that can be known of it comes back as it was', async (t) => {
  t.same(jobsOf(JSON.parse(JSON.stringify(job))), [job])
  t.not(job.summary.place, null)
})

t.test('a scope lacks none of its texts', async (t) => {
  for (const field of ['kind', 'id', 'name', 'accountId', 'accountName'])
    for (const value of noText) t.equal(scopeFromRecord({ ...record, [field]: value }), null, field)
  for (const jobs of [null, {}, 'x']) t.equal(scopeFromRecord({ ...record, jobs }), null)
  t.same(jobsOf(), [], 'a scope without jobs is whole')
  t.equal(jobsOf(job, 'x'), undefined, 'one damaged job is damage')
})

t.test('a job lacks none of its texts', async (t) => {
  for (const field of ['id', 'name', 'dataset', 'kind', 'destinationType', 'destination'])
    for (const value of noText) t.equal(withSummary({ [field]: value }), undefined, field)
  for (const enabled of ['true', 1, null]) t.equal(withSummary({ enabled }), undefined)
  t.equal(withSummary({ enabled: false, name: '' })?.summary.enabled, false)
})

t.test('a time or an interval is a number, or null where there is none', async (t) => {
  for (const field of ['lastComplete', 'lastError', 'maxUploadIntervalSeconds'] as const) {
    for (const value of noInstant) t.equal(withSummary({ [field]: value }), undefined, field)
    for (const value of [0, null]) t.equal(withSummary({ [field]: value })?.summary[field], value, field)
  }
  for (const failingSince of noInstant) t.equal(withState({ failingSince }), undefined)
  t.equal(withState({ failingSince: null })?.failingSince, null)
  for (const firstSeen of ['7', null, undefined]) t.equal(withState({ firstSeen }), undefined)
})

t.test('how a job was disabled is known in whole or not at all', async (t) => {
  for (const how of ['seen', 'notified'])
    t.same(withState({ disabledByFailure: { how, at } })?.disabledByFailure, { how, at })
  for (const disabledByFailure of [{ how: 'seen', at: 'x' }, { how: 'guessed', at }, { at }, 'seen', null])
    t.equal(withState({ disabledByFailure })?.disabledByFailure, null)
})

t.test('what older versions did not store is unknown, and no damage', async (t) => {
  const older = { destinationExpiry: undefined, place: undefined, failure: undefined }
  t.match(withSummary(older)?.summary, { destinationExpiry: null, place: null, failure: null })
  t.equal(withSummary({ failure: { reason: 'auth', message: 7 } })?.summary.failure, null)
  t.same(withSummary({ failure: { reason: 'dns', message: '' } })?.summary.failure, {
    reason: 'dns',
    message: '',
  })
})

t.test('every reason that was stored comes back, and one of another version is other', async (t) => {
  const reason = (stored: string) =>
    withSummary({ failure: { reason: stored, message: 'm' } })?.summary.failure?.reason
  const reasons = [
    'auth',
    'not_found',
    'dns',
    'tls',
    'timeout',
    'throttled',
    'rejected',
    'server_error',
    'other',
  ]
  t.same(reasons.map(reason), reasons)
  t.same(['', 'brand_new'].map(reason), ['other', 'other'])
})
