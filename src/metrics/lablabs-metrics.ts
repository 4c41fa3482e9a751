import type { ScopeKind } from '../domain/scope.ts'
import { jobsAreKnown } from '../exporter/state/scope-state.ts'
import type { Sample } from './exposition-text.ts'
import { type JobView, uploadsBy } from './job-view.ts'
import { type Metric, metricFamily } from './metric.ts'

/*
 * The names of lablabs/cloudflare-exporter, for dashboards made for it. lablabs counts what was not answered
 * with 200; here it is what did not succeed, so that a 204 is no failure.
 */

const { series } = metricFamily<JobView>([], () => '')

const only = 'compat.lablabs'

export const lablabsMetrics: readonly Metric<JobView>[] = [
  series(
    'counter',
    'cloudflare_logpush_failed_jobs_account_count',
    ['account', 'destination', 'job_id', 'final'],
    'Failed upload attempts of account jobs, by whether they were the last of their batch.',
    (view) => failuresIn('account', view, view.scope.scope.id),
  ),
  series(
    'counter',
    'cloudflare_logpush_failed_jobs_zone_count',
    ['destination', 'job_id', 'final'],
    'Failed upload attempts of zone jobs, by whether they were the last of their batch.',
    (view) => failuresIn('zone', view),
  ),
].map((metric) => ({ ...metric, only }))

/** Failed attempts of a job of that kind of scope, with labels before their own. */
function failuresIn(kind: ScopeKind, view: JobView, ...before: readonly string[]): readonly Sample[] {
  if (view.scope.scope.kind !== kind) return []
  return failures(view).map(({ values: [destination, final], value }) => ({
    values: [...before, destination, view.id, final],
    value,
  }))
}

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
