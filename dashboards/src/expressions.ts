/*
 * The PromQL that several panels share.
 *
 * Every expression gives the same numbers with one exporter and with several replicas: each replica
 * reads the same API, so a job's value is the highest one any of them shows, never their sum. Labels
 * that live on an info metric are joined from at most one series per job, so that two replicas that
 * disagree for a minute (a renamed job) cannot break a panel.
 */

/** What identifies a Logpush job on every series of its own. */
export const jobKey = 'account, zone, job_id'

/** Matchers for the exporter's own series. */
export const exporterFilter = 'job=~"$job", instance=~"$instance"'

/** Matchers for series of one account or zone. */
export const scopeFilter = `${exporterFilter}, account=~"$account", zone=~"$zone"`

/** Matchers for series of a Logpush job. */
export const jobFilter = `${scopeFilter}, job_id=~"$job_id"`

/** A gauge per job, the highest of all replicas. */
export function jobGauge(metric: string): string {
  return `max by (${jobKey}) (${metric}{${jobFilter}})`
}

/** A counter's speed per job, per second; `extra` keeps further labels of the counter. */
export function jobRate(metric: string, extra = ''): string {
  return `max by (${jobKey}${extra === '' ? '' : `, ${extra}`}) (rate(${metric}{${jobFilter}}[$__rate_interval]))`
}

/** What a counter grew by per job over a range such as `1h` or `$__range`. */
export function jobIncrease(metric: string, range: string): string {
  return `max by (${jobKey}) (increase(${metric}{${jobFilter}}[${range}]))`
}

/** One series per job with the named labels of an info metric, value 1. */
export function jobInfo(metric: string, labels: string): string {
  return `topk by (${jobKey}) (1, max by (${jobKey}, ${labels}) (${metric}{${jobFilter}}))`
}

/*
 * What all jobs of the chosen accounts do together comes from the recording rules, or a graph of 10,000 jobs over six
 * hours would take minutes. It is not filtered by zone and job: those have dashboards of their own.
 */

const ofAccounts = 'account=~"$account"'

/** The speed of a counter, recorded for each dataset and destination type, added up by a label. */
export function fleetRate(counter: string, by: string): string {
  return `sum by (${by}) (max by (account, dataset, destination_type) (dataset:cloudflare_logpush_${counter}:rate5m{${ofAccounts}}))`
}

/** What a counter of all jobs grew by in the dashboard's time range. It is recorded every four minutes. */
export function fleetIncrease(counter: string): string {
  return `240 * sum(max by (account, dataset, destination_type) (sum_over_time(dataset:cloudflare_logpush_${counter}:rate5m{${ofAccounts}}[$__range])))`
}

/** Upload responses per second by status. */
export const fleetResponses = `sum by (status) (max by (account, status) (status:cloudflare_logpush_upload_responses:rate5m{${ofAccounts}}))`

/** How many jobs had which problem. */
export const fleetProblems = `sum by (problem) (max by (account, problem, level) (problem:cloudflare_logpush_job_problem:count{${ofAccounts}}))`

/** How far behind jobs were when their scope was last looked at, in seconds; `complete` gives their last complete push. */
export function jobLagOf(complete: string): string {
  return `max by (account, zone) (cloudflare_logpush_data_timestamp_seconds{${scopeFilter}, source="inventory"}) - on (account, zone) group_right () ${complete}`
}

/** An exporter that sees nothing does not make jobs late. Absent for a job that has never delivered. */
export const jobLag = jobLagOf(jobGauge('cloudflare_logpush_job_last_complete_timestamp_seconds'))

/** 1 for an enabled job whose lag is over its limit, else 0. */
const jobIsLate = `((${jobLag}) > bool ${jobGauge('cloudflare_logpush_job_max_lag_seconds')}) * ${jobGauge('cloudflare_logpush_job_enabled')}`

/** 1 for a job that lost a batch in the last hour, else 0. */
export const jobIsLosing = `${jobIncrease('cloudflare_logpush_batches_failed_total', '1h')} > bool 0`

/** The states of a job from worst to best, as numbers so that a table can sort by them. */
export const jobStates = [
  { level: 7, text: 'Disabled by failure', color: 'dark-red' },
  { level: 6, text: 'Losing data', color: 'red' },
  { level: 5, text: 'Not arriving', color: 'red' },
  { level: 4, text: 'Failing', color: 'orange' },
  { level: 3, text: 'Late', color: 'yellow' },
  { level: 2, text: 'Never delivered', color: 'purple' },
  { level: 1, text: 'Off', color: 'text' },
  { level: 0, text: 'OK', color: 'green' },
] as const

/** Only the jobs that fail have it: of many jobs it is much cheaper than `cloudflare_logpush_job_failing`. */
export const failingSince = 'cloudflare_logpush_job_failing_since_timestamp_seconds'

/** When each failing job began to fail, as the first replica saw it. */
export const jobFailingSince = `min by (${jobKey}) (${failingSince}{${jobFilter}})`

/** A gauge of the jobs for which it is 1, the highest of all replicas. */
function jobsWith(metric: string): string {
  return `max by (${jobKey}) (${metric}{${jobFilter}} == 1)`
}

/** The last complete push of each job, by replica; absent before the first. */
export const lastComplete = `cloudflare_logpush_job_last_complete_timestamp_seconds{${jobFilter}}`

/**
 * The worst state of each job, as a level of `jobStates`. Each condition leaves out the jobs for which it is not so, before
 * series are put together. `late` gives the jobs that are late, with any value; `others` the level of those in no trouble.
 */
export function worstState(late: string, others: string): string {
  return [
    `7 * ${jobsWith('cloudflare_failing_logpush_job_disabled_alert')}`,
    `6 + 0 * (${jobIncrease('cloudflare_logpush_batches_failed_total', '1h')} > 0)`,
    `5 * ${jobsWith('cloudflare_logpush_arrival_silent')}`,
    `4 + 0 * ${jobGauge(failingSince)}`,
    `3 + 0 * ${late}`,
    `2 * max by (${jobKey}) (cloudflare_logpush_job_enabled{${jobFilter}} == 1 unless on (${jobKey}) ${lastComplete})`,
    others,
  ].join('\nor\n')
}

/** 1 for a job that is off, 0 for one that is not. */
export const jobIsOff = `1 - ${jobGauge('cloudflare_logpush_job_enabled')}`

/** The worst state each job is in, as the exporter's own series tell. */
export const jobState = worstState(`(${jobIsLate} > 0)`, jobIsOff)

/** Each scope's answer to "did the last poll work?": 0 when any source of it failed on all replicas. */
export const scopeIsUp = `min by (account, zone) (max by (account, zone, source) (cloudflare_logpush_up{${scopeFilter}}))`

const ours = 'alertname=~"CloudflareLogpush.*", severity!="none"'
const aboutChosenJobs = 'account=~"$account", zone=~"$zone", job_id=~"$job_id"'

/** Labels of an alert that tell one from another in a list. */
export const alertKey = 'alertname, severity, account, zone, job_id, job_name, destination_root'

/*
 * Alerts lose the scrape labels when their rule aggregates, so `job` and `instance` are not asked for.
 */
function alertSeries(metric: string, state: string, scope: string): string {
  return `${metric}{${ours}${state}, ${scope}}`
}

const firing = ', alertstate="firing"'

/** Alerts that fire for the chosen jobs, and those that name no account because they are about the exporter. */
export const alertsFiring = `max by (${alertKey}) (${alertSeries('ALERTS', firing, aboutChosenJobs)} or ${alertSeries('ALERTS', firing, 'account=""')})`

/** Since when each of `alertsFiring` has been true, in Unix seconds. */
export const alertsFiringSince = `max by (${alertKey}) (${alertSeries('ALERTS_FOR_STATE', '', aboutChosenJobs)} or ${alertSeries('ALERTS_FOR_STATE', '', 'account=""')}) and on (${alertKey}) ${alertsFiring}`

/** Alerts that are not about one job. */
export const exporterAlertsFiring = `max by (${alertKey}) (${alertSeries('ALERTS', firing, 'component!="job"')})`
