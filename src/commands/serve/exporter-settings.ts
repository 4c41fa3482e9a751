/* The settings of the command line as the core wants them. */

import { fits } from '../../domain/arrival/arrival-rule.ts'
import type { JobSummary } from '../../domain/job/job.ts'
import { accountOf } from '../../domain/scope.ts'
import type { ScopeState } from '../../exporter/state/scope-state.ts'
import type { WatchSettings } from '../../exporter/watch.ts'
import type { ExporterView } from '../../metrics/exporter-view.ts'
import { allSettings, type Settings } from '../../settings/exporter-settings.ts'

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
export function maxLagOf({
  jobOverrides,
  maxLagMs,
}: Settings): (job: JobSummary, state: ScopeState) => number {
  if (jobOverrides.length === 0) return () => maxLagMs
  return (job, { scope }) => {
    const zone = scope.kind === 'zone' ? scope : null
    const known = { jobId: job.id, jobName: job.name, dataset: job.dataset, zone, account: accountOf(scope) }
    const subject = { ...known, destinationType: '', bucket: null }
    return jobOverrides.find(({ match }) => fits(match, subject))?.maxLagMs ?? maxLagMs
  }
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
