import {
  failingSince,
  jobFilter,
  jobGauge,
  jobKey,
  jobLagOf,
  lastComplete,
  scopeFilter,
  worstState,
} from './expressions.ts'

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

/** How many jobs fail: 0 where scopes are read and none fails, absent where none is read. */
export const failingJobs = `count(${jobGauge(failingSince)}) or 0 * max(cloudflare_logpush_up{${scopeFilter}})`

/**
 * A matcher that lets all jobs through when `$show` is 0, and none when it is 2: no job_id has an @. A condition on the
 * values would have Prometheus read all of them before it drops them.
 */
const whenAllAreListed = 'job_id=~".*@{$show}"'

const enabledOfAll = `cloudflare_logpush_job_enabled{${jobFilter}, ${whenAllAreListed}}`

/** `jobState` of the jobs in trouble, or of all when all are listed. */
export const jobStateShown = worstState(late, `1 - max by (${jobKey}) (${enabledOfAll})`)

/** Jobs with a problem, by what the rules record and by what is failing now; each problem is looked for in one place only. */
const troubled = [
  `job_id:cloudflare_logpush_job_problem:value{${recordedFilter}, problem!~"failing|breaking|doomed|stalled|quiet"}`,
  `job_id:cloudflare_logpush_job_lag_seconds:late{${recordedFilter}}`,
  `${failingSince}{${jobFilter}}`,
].join(` or on (${jobKey}) `)

const completeOfAll = `cloudflare_logpush_job_last_complete_timestamp_seconds{${jobFilter}, ${whenAllAreListed}}`

/** `jobLag` of the jobs in trouble, or of all when all are listed. */
export const jobLagShown = jobLagOf(
  `max by (${jobKey}) (${lastComplete} and on (${jobKey}) (${troubled}) or ${completeOfAll})`,
)

/** The lag of late jobs as a share of their limit, more than 1. */
export const lateShare = `max by (${jobKey}) (job_id:cloudflare_logpush_job_lag_seconds:late{${recordedFilter}}) / ${jobGauge('cloudflare_logpush_job_max_lag_seconds')}`

/** What these jobs lost in an hour. */
export const lostShown = `max by (${jobKey}) (increase(cloudflare_logpush_records_lost_total{${jobFilter}}[1h]) and on (${jobKey}) (${troubled} or on (${jobKey}) ${enabledOfAll}))`
