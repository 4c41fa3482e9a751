import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { apiGraphs, budgetGraphs } from './exporter-api-graphs.ts'
import { exporterNow, replicaTable, scopeTable } from './exporter-now.ts'
import { dataGraphs, pollGraphs } from './exporter-poll-graphs.ts'
import { inputGraphs, processGraphs } from './exporter-process-graphs.ts'
import { exporterAlertsFiring } from './expressions.ts'
import { frame } from './frame.ts'
import { tiles } from './layout.ts'
import { uids } from './links.ts'
import { datasourceVariable, exporterVariables, scopeVariables } from './variables.ts'

/** Whether the exporter sees everything, and what that costs. */
export function exporterDashboard(): Dashboard {
  return frame({
    uid: uids.exporter,
    title: 'Cloudflare Logpush / Exporter',
    description: 'Whether the exporter sees every job in time, and what it costs of the API budget.',
    from: 'now-6h',
    variables: [datasourceVariable(), ...exporterVariables(), ...scopeVariables()],
    alerts: exporterAlertsFiring,
    sections: [
      { title: 'Now', tiles: tiles(3, 4, ...exporterNow) },
      { title: 'Scopes and replicas', tiles: [...tiles(14, 9, scopeTable), ...tiles(10, 9, replicaTable)] },
      { title: 'API budget', tiles: tiles(6, 8, ...budgetGraphs) },
      { title: 'API requests', tiles: tiles(8, 8, ...apiGraphs) },
      { title: 'Polls', tiles: tiles(6, 8, ...pollGraphs) },
      { title: 'Data', tiles: tiles(8, 8, ...dataGraphs) },
      { title: 'Notifications and drift', tiles: tiles(12, 7, ...inputGraphs) },
      {
        title: 'Process',
        tiles: [...tiles(8, 8, ...processGraphs.slice(0, 3)), ...tiles(12, 7, ...processGraphs.slice(3))],
      },
    ],
  })
}
