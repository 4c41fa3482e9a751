import t from 'tap'
import { type JobState, seeJob } from '../../../src/domain/job/job-state.ts'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { jobChanges } from '../../../src/exporter/state/job-change.ts'
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
