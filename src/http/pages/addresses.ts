/* Where pages and their links lead. Those inside the server are relative to its root. */

import type { HealthState } from '../../exporter/view/health-state.ts'
import type { JobStatus } from '../../exporter/view/job-status.ts'

export const repositoryUrl = 'https://github.com/logpush-exporter/logpush-exporter/blob/main'

/** One file per alert, named after it. */
export const runbooksUrl = `${repositoryUrl}/alerts/runbooks`

/** Uids of the dashboards in `dashboards/`. */
export const dashboardUids = {
  overview: 'cloudflare-logpush-overview',
  job: 'cloudflare-logpush-job',
  exporter: 'cloudflare-logpush-exporter',
} as const

/** From this age on a row of failures has a runbook of its own: the job will be disabled. */
const urgentFailureMs = 12 * 3_600_000

/** The alert whose runbook says what to do about the job; null when there is nothing to do. */
export function runbookOf({ trouble, failingSince }: JobStatus, now: number): string | null {
  if (trouble === 'failing' && failingSince !== null && now - failingSince >= urgentFailureMs)
    return 'CloudflareLogpushJobWillBeDisabled'
  return troubleRunbooks[trouble]
}

const troubleRunbooks: Readonly<Record<HealthState, string | null>> = {
  disabled_by_failure: 'CloudflareLogpushJobDisabled',
  losing_data: 'CloudflareLogpushBatchesLost',
  not_arriving: 'CloudflareLogpushNotArriving',
  failing: 'CloudflareLogpushJobFailing',
  late: 'CloudflareLogpushJobStalled',
  never_delivered: 'CloudflareLogpushJobNeverDelivered',
  unknown: 'CloudflareLogpushExporterCollectFailing',
  off: null,
  ok: null,
}

export const blindRunbook = 'CloudflareLogpushExporterBlind'

/** The runbook as this server shows it. */
export function runbookHref(root: string, name: string): string {
  return `${root}runbooks/${name}`
}

/** The runbook in the repository, for those who have only the answer of the API. */
export function runbookUrl(alert: string): string {
  return `${runbooksUrl}/${alert}.md`
}

/** Cloudflare's own page about the job's logs. */
export function cloudflareUrl({ account, zone }: JobStatus): string {
  const start = `https://dash.cloudflare.com/${encodeURIComponent(account.id)}`
  return zone === null ? `${start}/logs` : `${start}/${encodeURIComponent(zone.domain)}/analytics/logs`
}

/** The dashboard in Grafana, about one job where an id is given. */
export function grafanaUrl(base: string, dashboard: keyof typeof dashboardUids, jobId?: string): string {
  const query = jobId === undefined ? '' : `?var-job_id=${encodeURIComponent(jobId)}`
  return `${base}/d/${dashboardUids[dashboard]}${query}`
}

export function jobHref(root: string, id: string): string {
  return `${root}jobs/${encodeURIComponent(id)}`
}

export function exporterHref(root: string): string {
  return `${root}exporter`
}
