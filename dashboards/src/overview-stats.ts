import { noneIsGood, steps } from './colors.ts'
import { budgetLeft } from './exporter-expressions.ts'
import { fleetIncrease, jobGauge, jobIsLosing, scopeIsUp } from './expressions.ts'
import { failingJobs, lateJobs } from './overview-expressions.ts'
import { stat } from './panels.ts'

/** How many jobs are in which trouble, now. */
export const jobsNow = [
  stat({
    title: 'Jobs enabled',
    description: 'Logpush jobs that are switched on, of those chosen above.',
    unit: 'short',
    expr: `sum(${jobGauge('cloudflare_logpush_job_enabled')})`,
  }),
  stat({
    title: 'Disabled by failure',
    description:
      'Jobs that Cloudflare disabled after failing for about a day. Nothing is pushed until someone fixes the destination and re-enables the job.',
    unit: 'short',
    expr: `sum(${jobGauge('cloudflare_failing_logpush_job_disabled_alert')})`,
    thresholds: noneIsGood(),
  }),
  stat({
    title: 'Losing data',
    description: 'Jobs that gave up on at least one batch in the last hour: its records are gone.',
    unit: 'short',
    expr: `sum(${jobIsLosing})`,
    thresholds: noneIsGood(),
  }),
  stat({
    title: 'Failing',
    description:
      'Enabled jobs whose last push failed. Cloudflare tries again, so nothing need be lost yet; after about 24 hours it switches the job off.',
    unit: 'short',
    expr: failingJobs,
    thresholds: noneIsGood('orange'),
  }),
  stat({
    title: 'Late',
    description:
      'Enabled jobs that are further behind than their limit (--job.max-lag) allows, as the alert rules see it.',
    unit: 'short',
    expr: lateJobs,
    thresholds: noneIsGood('orange'),
  }),
  stat({
    title: 'Blind scopes',
    description:
      'Accounts and zones whose last poll failed on every replica: their jobs may be better or worse than shown here. See the exporter dashboard.',
    unit: 'short',
    expr: `sum(${scopeIsUp} == bool 0)`,
    thresholds: noneIsGood('orange'),
  }),
  stat({
    title: 'Records lost in range',
    description:
      'Records of batches that were given up in the time range of the dashboard, by all jobs of the chosen accounts.',
    unit: 'short',
    decimals: 0,
    expr: fleetIncrease('records_lost'),
    thresholds: noneIsGood(),
  }),
  stat({
    title: 'Least API budget left',
    description:
      "What the last 5 minutes left of the exporter's share of Cloudflare's API limits, for the API with the least. Near zero the exporter polls less often.",
    unit: 'percentunit',
    decimals: 0,
    expr: `min(${budgetLeft})`,
    thresholds: steps('red', [0.1, 'orange'], [0.25, 'green']),
  }),
]
