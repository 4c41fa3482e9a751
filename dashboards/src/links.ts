/** Uids of the dashboards; other files and the alerts link to them. */
export const uids = {
  overview: 'cloudflare-logpush-overview',
  job: 'cloudflare-logpush-job',
  exporter: 'cloudflare-logpush-exporter',
} as const

/** One file per alert, named after it; the alerts' own `runbook_url` starts with it too. */
export const runbooksUrl = 'https://github.com/logpush-exporter/logpush-exporter/blob/main/alerts/runbooks'

export const cloudflareDocsUrl = 'https://developers.cloudflare.com/logs/logpush/'

/** Which exporter and which time range a link carries over. */
const carried = `\${datasource:queryparam}&\${job:queryparam}&\${instance:queryparam}&\${__url_time_range}`

/**
 * From a table row to its job. Only the job id travels: it is unique, and names of accounts and zones
 * would have to be encoded.
 */
export const jobLink = {
  title: 'Open the job',
  url: `/d/${uids.job}?var-job_id=\${__data.fields.job_id}&${carried}`,
}

/** From an alert to what to do about it. */
export const runbookLink = {
  title: 'Open the runbook',
  url: `${runbooksUrl}/\${__data.fields.alertname}.md`,
  newTab: true,
}

/** From a job to Cloudflare's own page of its account. */
export const cloudflareLink = {
  title: "Open the account in Cloudflare's dashboard",
  url: `https://dash.cloudflare.com/\${__data.fields.account_id}`,
  newTab: true,
}
