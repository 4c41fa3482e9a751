/* The settings of the command line as the core wants them. */

import type { JobSummary } from '../../domain/job/job.ts'
import { accountOf } from '../../domain/scope.ts'
import type { ScopeState } from '../../exporter/state/scope-state.ts'
import type { WatchSettings } from '../../exporter/watch.ts'
import type { ExporterView } from '../../metrics/exporter-view.ts'
import { allSettings, type Settings } from '../../settings/exporter-settings.ts'
import type { JobMatch } from '../../settings/job-overrides.ts'

/** No scope belongs to it. */
const noShard = -1

export function watchSettingsOf(settings: Settings): WatchSettings {
  const { accounts, zones, excludeZones, shard, totalShards, auditActor } = settings
  const selection = { accounts, zones, excludeZones, totalShards }
  // Before it has a shard, a standby has nothing to watch.
  const actorNaming = auditActor === 'off' ? null : auditActor
  return { ...settings, actorNaming, selection: { ...selection, shard: shard === 'auto' ? noShard : shard } }
}

/** How far behind a job may be: its first matching override, or what holds for all. */
export function maxLagOf(settings: Settings): (job: JobSummary, state: ScopeState) => number {
  return (job, state) =>
    settings.jobOverrides.find(({ match }) => matches(match, job, state))?.maxLagMs ?? settings.maxLagMs
}

function matches(match: JobMatch, job: JobSummary, { scope }: ScopeState): boolean {
  const account = accountOf(scope)
  const named = (wanted: string, thing: { readonly id: string; readonly name: string }): boolean =>
    wanted === thing.id || wanted === thing.name
  if (match.jobId !== undefined && match.jobId !== job.id) return false
  if (match.jobName !== undefined && match.jobName !== job.name) return false
  if (match.dataset !== undefined && match.dataset !== job.dataset) return false
  if (match.zone !== undefined && !(scope.kind === 'zone' && named(match.zone, scope))) return false
  return match.account === undefined || named(match.account, account)
}

export function configFacts(settings: Settings): ExporterView['config'] {
  const { healthPollIntervalMs, revisionWindowMs, budgetShare, rateLimitType, shard, totalShards } = settings
  return {
    pollInterval: allSettings.healthPollIntervalMs.show(healthPollIntervalMs),
    revisionWindow: allSettings.revisionWindowMs.show(revisionWindowMs),
    budgetShare: String(budgetShare),
    rateLimitType,
    shard: shard === 'auto' ? null : shard,
    totalShards,
  }
}
