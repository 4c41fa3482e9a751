import { alertsFiringSince, jobFailingSince, jobFilter, jobInfo, jobKey, scopeFilter } from './expressions.ts'
import {
  agoColumn,
  alertColumns,
  jobColumns,
  lagShareColumn,
  lostColumn,
  stateColumn,
  toJob,
} from './job-columns.ts'
import { jobLagShown, jobStateShown, lateShare, lostShown } from './overview-expressions.ts'
import { table } from './tables.ts'

const names = 'job_name, dataset, destination_type, destination'

/**
 * The jobs that the table lists, with their state. The other columns may hold a few jobs more, and rows without a name are
 * left out afterwards. When the filter leaves none, one row says so, or there would be no names to filter rows by.
 */
const listed = [
  `topk by (${jobKey}) (1, max by (${jobKey}, ${names}) (cloudflare_logpush_job_info{${jobFilter}} * on (${jobKey}) group_left () max by (${jobKey}) ((\n${jobStateShown}\n) >= $show)))`,
  'or on ()',
  `label_replace(0 * max(cloudflare_logpush_up{${scopeFilter}}), "job_name", "No job is in trouble", "", "")`,
].join('\n')

export const jobTable = table({
  title: 'Jobs by trouble',
  description:
    'The worst job first. "Disabled by failure" and "Losing data" need hands now; "Failing" turns into "Disabled by failure" about 24 hours after "Failing since". "Lag of limit" stands with late jobs only. Click a job for its history.',
  unit: 'short',
  queries: {
    state: listed,
    since: `1000 * ${jobFailingSince}`,
    reason: jobInfo('cloudflare_logpush_job_failure_info', 'reason'),
    lag: jobLagShown,
    share: lateShare,
    lost: lostShown,
  },
  onlyRowsWith: 'job_name',
  columns: [
    stateColumn('Value #state'),
    toJob(jobColumns.name),
    jobColumns.account,
    jobColumns.zone,
    jobColumns.dataset,
    jobColumns.destinationType,
    jobColumns.destination,
    agoColumn('Value #since', 'Failing since'),
    jobColumns.reason,
    { field: 'Value #lag', header: 'Lag', unit: 'dtdurations', width: 120 },
    lagShareColumn('Value #share'),
    { ...lostColumn('Value #lost'), header: 'Lost in 1 h' },
    toJob(jobColumns.id),
  ],
  sortBy: ['State', 'Lost in 1 h', 'Lag'],
})

export const alertTable = table({
  title: 'Firing alerts',
  description:
    'Alerts of this project that fire now, for the chosen jobs and for the exporter itself. Click the name for its runbook.',
  unit: 'short',
  queries: {
    since: `1000 * (${alertsFiringSince})`,
  },
  columns: alertColumns,
  sortBy: ['Since'],
})
