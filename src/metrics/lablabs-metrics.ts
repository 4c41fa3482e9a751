import { jobsAreKnown } from '../exporter/state/scope-state.ts'
import type { Sample } from './exposition-text.ts'
import { type JobView, uploadsBy } from './job-view.ts'
import { type Metric, metricFamily } from './metric.ts'

/*
 * The names of lablabs/cloudflare-exporter, for dashboards made for it. lablabs counts what was not answered
 * with 200; here it is what did not succeed, so that a 204 is no failure.
 */

const { series } = metricFamily<JobView>([], () => '')

export const lablabsMetrics: readonly Metric<JobView>[] = [
  series(
    {
      name: 'cloudflare_logpush_failed_jobs_account_count',
      type: 'counter',
      help: 'Failed upload attempts of account jobs, by whether they were the last of their batch.',
      labels: ['account', 'destination', 'job_id', 'final'],
      only: 'compat.lablabs',
    },
    (view) =>
      view.scope.scope.kind === 'account'
        ? failures(view).map(({ values: [destination, final], value }) => ({
            values: [view.scope.scope.id, destination, view.id, final],
            value,
          }))
        : [],
  ),
  series(
    {
      name: 'cloudflare_logpush_failed_jobs_zone_count',
      type: 'counter',
      help: 'Failed upload attempts of zone jobs, by whether they were the last of their batch.',
      labels: ['destination', 'job_id', 'final'],
      only: 'compat.lablabs',
    },
    (view) =>
      view.scope.scope.kind === 'zone'
        ? failures(view).map(({ values: [destination, final], value }) => ({
            values: [destination, view.id, final],
            value,
          }))
        : [],
  ),
]

type Failures = readonly (Sample & { readonly values: readonly [destination: string, final: string] })[]

/** Failed attempts by destination type and whether they were final; from 0 as soon as the job is known. */
function failures({ attempts, scope, job }: JobView): Failures {
  const failed = attempts.filter(({ success }) => !success)
  if (failed.length > 0)
    return uploadsBy(failed, ({ destinationType, final }) => [destinationType, final ? '1' : '0'])
  if (!jobsAreKnown(scope)) return []
  const type = job?.summary.destinationType ?? ''
  return [
    { values: [type, '0'], value: 0 },
    { values: [type, '1'], value: 0 },
  ]
}
