import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { alertsFiring } from './expressions.ts'
import { frame } from './frame.ts'
import { tiles } from './layout.ts'
import { uids } from './links.ts'
import { budgetGraph, lossGraphs, troubleGraph, volumeGraphs } from './overview-graphs.ts'
import { jobsNow } from './overview-stats.ts'
import { alertTable, jobTable } from './overview-tables.ts'
import {
  datasourceVariable,
  exporterVariables,
  jobIdsVariable,
  scopeVariables,
  showVariable,
} from './variables.ts'

/** "Which job is bad?" */
export function overviewDashboard(): Dashboard {
  return frame({
    uid: uids.overview,
    title: 'Cloudflare Logpush / Overview',
    description: 'Which Logpush job is bad, since when, and what was lost.',
    from: 'now-6h',
    variables: [
      datasourceVariable(),
      ...exporterVariables(),
      ...scopeVariables(),
      jobIdsVariable(),
      showVariable(),
    ],
    alerts: alertsFiring,
    sections: [
      { title: 'Now', tiles: tiles(3, 4, ...jobsNow) },
      { title: 'Which job is bad?', tiles: tiles(24, 12, jobTable) },
      {
        title: 'Alerts and trouble over time',
        tiles: [...tiles(12, 9, alertTable), ...tiles(12, 9, troubleGraph)],
      },
      { title: 'Losses and retries of the accounts', tiles: tiles(12, 8, ...lossGraphs) },
      { title: 'Volume of the accounts', tiles: tiles(12, 8, ...volumeGraphs) },
      { title: 'Can these numbers be trusted?', tiles: tiles(24, 7, budgetGraph) },
    ],
  })
}
