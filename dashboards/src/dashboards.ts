import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { exporterDashboard } from './exporter.ts'
import { jobDashboard } from './job.ts'
import { overviewDashboard } from './overview.ts'

/** The shipped dashboards by file name. */
export function allDashboards(): ReadonlyMap<string, Dashboard> {
  return new Map([
    ['overview.json', overviewDashboard()],
    ['job.json', jobDashboard()],
    ['exporter.json', exporterDashboard()],
  ])
}

/** The text of a dashboard's file. */
export function render(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`
}
