import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { arrivalGraphs } from './arrival-graphs.ts'
import { alertsFiring } from './expressions.ts'
import { frame } from './frame.ts'
import { attemptGraphs, freshnessPanels, lossGraphs, redGraphs, volumeGraphs } from './job-graphs.ts'
import { jobIdentity, jobNow } from './job-now.ts'
import { tiles } from './layout.ts'
import { uids } from './links.ts'
import { datasourceVariable, exporterVariables, oneJobVariable, scopeVariables } from './variables.ts'

/** One job: rate, errors, duration, volume, freshness. */
export function jobDashboard(): Dashboard {
  return frame({
    uid: uids.job,
    title: 'Cloudflare Logpush / Job',
    description: 'One Logpush job: what it delivered, lost and retried, how late it is and why.',
    from: 'now-24h',
    variables: [datasourceVariable(), ...exporterVariables(), ...scopeVariables(), oneJobVariable()],
    alerts: alertsFiring,
    sections: [
      { title: 'Now', tiles: [...tiles(3, 4, ...jobNow), ...tiles(24, 4, jobIdentity)] },
      { title: 'Rate, errors, duration', tiles: tiles(8, 8, ...redGraphs) },
      { title: 'Losses', tiles: tiles(12, 7, ...lossGraphs) },
      { title: 'Freshness and state', tiles: tiles(12, 7, ...freshnessPanels) },
      { title: 'At the destination', tiles: tiles(8, 8, ...arrivalGraphs) },
      { title: 'Attempts', tiles: tiles(8, 8, ...attemptGraphs) },
      { title: 'Volume', tiles: tiles(8, 8, ...volumeGraphs) },
    ],
  })
}
