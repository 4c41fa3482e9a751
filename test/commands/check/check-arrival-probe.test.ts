import t from 'tap'
import { probeArrival } from '../../../src/commands/check/check-arrival.ts'
import type { ArrivalRule } from '../../../src/domain/arrival/arrival-rule.ts'
import type { JobSummary } from '../../../src/domain/job/job.ts'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { createArrivalReaders } from '../../../src/exporter/arrival/arrival-readers.ts'
import type { ListPage } from '../../../src/ports/object-lister.ts'
import { aJob, failure, quayAccount, zone } from '../../support/exporter-core.ts'
import { createFakeCounter } from '../../support/fake-counter.ts'
import { createFakeStore } from '../../support/fake-store.ts'
import { logFileKey, minute, tenOClock } from '../../support/log-files.ts'

/* Destinations tried for `check`, each in a store of the test. */

const now = tenOClock + 30 * minute
const files: ArrivalRule = {
  match: { destinationType: 's3' },
  read: { kind: 's3' },
  intervalMs: 60_000,
  tolerance: 0,
  lateWindowMs: 0,
}
const job = (id: string, folder: string): JobSummary =>
  summarise(aJob(id, { destinationConf: new Secret(`s3://logs/${folder}/{DATE}?region=us-east-1`) }))
const blog = zone('blog.example')
const signal = new AbortController().signal

t.test('each job is told in the order of its scopes, with what was found at its place', async (t) => {
  const store = createFakeStore()
  const start = tenOClock + minute
  store.put(logFileKey('http', start, start + minute), 1, start + minute)
  const readers = createArrivalReaders({ lister: () => store, counter: createFakeCounter })
  const reports = await probeArrival(
    [
      { scope: quayAccount, jobs: [job('1', 'http'), job('2', 'empty')] },
      { scope: blog, jobs: [job('1', 'http'), { ...job('3', 'x'), destinationType: 'gcs' }] },
    ],
    { rules: [files], readers, now, signal },
  )
  const works = { reader: 's3', message: null, right: null, state: 'works' }
  const http = {
    ...works,
    place: 's3://logs/http/{DATE}',
    found: 1,
    newest_file_end: '2026-11-28T10:02:00.000Z',
  }
  const untold = { place: null, reader: null, message: null, right: null, found: null, newest_file_end: null }
  t.strictSame(reports, [
    { scope: 'account Quay', job_id: '1', job: 'job 1', ...http },
    {
      ...{ scope: 'account Quay', job_id: '2', job: 'job 2', ...works },
      ...{ place: 's3://logs/empty/{DATE}', found: 0, newest_file_end: null },
    },
    { scope: 'zone blog.example', job_id: '1', job: 'job 1', ...http },
    { scope: 'zone blog.example', job_id: '3', job: 'job 3', state: 'not_watched', ...untold },
  ])
  t.equal(store.calls, 2, 'a place that two jobs push to is tried once')
})

t.test('only a refusal is a right that is missing', async (t) => {
  const state = async (kind: 'forbidden' | 'network') => {
    const store = createFakeStore()
    store.trouble = failure(kind)
    const readers = createArrivalReaders({ lister: () => store, counter: createFakeCounter })
    const scopes = [{ scope: blog, jobs: [job('1', 'http')] }]
    return (await probeArrival(scopes, { rules: [files], readers, now, signal }))[0]
  }
  t.match(await state('forbidden'), {
    state: 'missing',
    message: 'forbidden for the test',
    right: 's3:ListBucket on the bucket',
    found: null,
  })
  t.match(await state('network'), { state: 'failed', message: 'network for the test', right: null })
})

t.test('eight places are tried at a time, and all of them in the end', async (t) => {
  let [underWay, most, calls] = [0, 0, 0]
  const list = async (): Promise<ListPage> => {
    calls += 1
    underWay += 1
    most = Math.max(most, underWay)
    await new Promise(setImmediate)
    underWay -= 1
    return { objects: [], cursor: null, sought: true }
  }
  const readers = createArrivalReaders({
    lister: () => ({ list, close: () => {} }),
    counter: createFakeCounter,
  })
  const jobs = Array.from({ length: 20 }, (_, index) => job(`${index}`, `folder-${index}`))
  const reports = await probeArrival([{ scope: blog, jobs }], { rules: [files], readers, now, signal })
  t.strictSame([most, calls], [8, 20])
  t.ok(reports.every(({ state }) => state === 'works'))
})
