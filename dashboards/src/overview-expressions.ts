import { jobFilter, jobIsOff, jobKey, jobLagOf, lastComplete, worstState } from './expressions.ts'

/*
 * What the overview asks of all jobs at once. Of 10,000 jobs most are well: what the alert rules record of those in
 * trouble is read where it says the same.
 */

/** Matchers for what the alert rules record of a job: it has no replica. */
const recordedFilter = 'account=~"$account", zone=~"$zone", job_id=~"$job_id"'

/**
 * Jobs that are behind their limit. Those that are off are not late, nor those that were until just now: they have half
 * an hour to catch up.
 */
const late = `max by (${jobKey}) (job_id:cloudflare_logpush_job_lag_seconds:late{${recordedFilter}} unless on (namespace, job_id) job_id:cloudflare_logpush_job_disabled:seen{${recordedFilter}})`

/** How many jobs are late: 0 where the rules run and find none, absent where they do not run. */
export const lateJobs = `count(${late}) or sum(0 * cloudflare_logpush:limit{limit="job_grace_seconds"})`

/** `jobState` of the jobs that are in state `$show` or worse. */
export const jobStateShown = worstState(late, `(${jobIsOff} >= $show)`)

/** Jobs with a problem, by what the rules record and by what is failing now. */
const troubled = [
  `job_id:cloudflare_logpush_job_problem:value{${recordedFilter}}`,
  `job_id:cloudflare_logpush_job_lag_seconds:late{${recordedFilter}}`,
  `cloudflare_logpush_job_failing_since_timestamp_seconds{${jobFilter}}`,
].join(` or on (${jobKey}) `)

const allAreListed = 'on () (vector($show) < 2)'

/** `jobLag` of the jobs in trouble, or of all when all are listed. */
export const jobLagShown = jobLagOf(
  `max by (${jobKey}) (${lastComplete} and on (${jobKey}) (${troubled}) or ${lastComplete} and ${allAreListed})`,
)

const ofAll = `cloudflare_logpush_job_enabled{${jobFilter}} and ${allAreListed}`

/** What these jobs lost in an hour. */
export const lostShown = `max by (${jobKey}) (increase(cloudflare_logpush_records_lost_total{${jobFilter}}[1h]) and on (${jobKey}) (${troubled} or on (${jobKey}) ${ofAll}))`
