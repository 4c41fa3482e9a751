import t from 'tap'
import type { JobRecord } from '../../../src/domain/job/job.ts'
import { type JobState, seeJob } from '../../../src/domain/job/job-state.ts'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { jobChanges, sameMemory } from '../../../src/exporter/state/job-change.ts'
import { aJob } from '../../support/exporter-core.ts'

const now = Date.UTC(2026, 10, 24, 3)
const disabled = { how: 'notified', at: now } as const
const job = (enabled: boolean, disabledByFailure: JobState['disabledByFailure'] = null): JobState => ({
  ...seeJob(null, summarise(aJob('7', { enabled })), now),
  disabledByFailure,
})
const told = (before: JobState | null, after: JobState | null) =>
  jobChanges(
    new Map(before === null ? [] : [['7', before]]),
    new Map(after === null ? [] : [['7', after]]),
  ).map(({ change }) => change)

t.test('a disable by failure is told once, and as that alone', async (t) => {
  t.same(told(job(true), job(false, disabled)), ['disabled_by_failure'])
  t.same(told(job(false, disabled), job(false, disabled)), [])
  t.same(told(job(true), job(false)), ['disabled'])
  t.same(told(job(false), job(true)), ['enabled'])
  t.same(told(job(true), job(true)), [])
  t.same(told(job(true), null), ['deleted'])
})

const broken = { lastError: now - 60_000 }
const seen = (edit: Partial<JobRecord> = {}): JobState => seeJob(null, summarise(aJob('7', edit)), now)

t.test('a job that is new is told so, and that it fails as well', async (t) => {
  t.same(told(null, seen()), ['appeared'])
  t.same(told(null, seen(broken)), ['appeared', 'failing'])
  t.same(told(null, seen({ enabled: false })), ['appeared'])
  t.same(told(null, job(false, disabled)), ['appeared', 'disabled_by_failure'])
})

t.test(
  'a failure is told when it begins and when it is over, not when the job is switched off',
  async (t) => {
    t.same(told(seen(), seen(broken)), ['failing'])
    t.same(told(seen(broken), seen(broken)), [])
    t.same(told(seen(broken), seen()), ['recovered'])
    t.same(told(seen(broken), seen({ ...broken, enabled: false })), ['disabled'])
    t.same(told(seen({ ...broken, enabled: false }), seen(broken)), ['enabled', 'failing'])
  },
)

t.test('a job has changed when its name, its dataset or its destination has', async (t) => {
  const conf = (text: string) => ({ destinationConf: new Secret(text) })
  for (const edit of [
    { name: 'renamed' },
    { dataset: 'dns_logs' },
    { kind: 'edge' },
    conf('s3://other/http?region=us-east-1'),
    conf('r2://quay-logs/http'),
  ])
    t.same(told(seen(), seen(edit)), ['changed'], JSON.stringify(edit))
  t.same(told(seen(), seen({ lastComplete: now, maxUploadRecords: 5 })), [])
  t.same(told(seen({ name: 'a' }), seen({ name: 'b', enabled: false })), ['disabled', 'changed'])
})

t.test('jobs are remembered anew when anything but their last delivery differs', async (t) => {
  const jobs = (...all: readonly JobState[]) => new Map(all.map((one) => [one.summary.id, one]))
  const other = seeJob(null, summarise(aJob('8')), now)
  t.ok(sameMemory(jobs(), jobs()))
  t.ok(sameMemory(jobs(seen()), jobs(seen({ lastComplete: now }))))
  t.notOk(sameMemory(jobs(seen()), jobs()))
  t.notOk(sameMemory(jobs(), jobs(seen())))
  t.notOk(sameMemory(jobs(seen()), jobs(other)), 'as many, but others')
  t.notOk(sameMemory(jobs(seen(), other), jobs(other, seen(broken))))
  t.notOk(sameMemory(jobs(job(false)), jobs(job(false, disabled))))
  t.ok(sameMemory(jobs(seen(), other), jobs(other, seen())))
})
