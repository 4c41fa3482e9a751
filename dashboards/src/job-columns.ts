import { noneIsGood, steps, words } from './colors.ts'
import { jobStates } from './expressions.ts'
import { cloudflareLink, jobLink, runbookLink } from './links.ts'
import type { Column } from './tables.ts'

/** Columns that name a job, filled by labels of `cloudflare_logpush_job_info`. */
export const jobColumns = {
  name: { field: 'job_name', header: 'Job' },
  account: { field: 'account', header: 'Account' },
  zone: { field: 'zone', header: 'Zone' },
  id: { field: 'job_id', header: 'Job id', width: 100 },
  dataset: { field: 'dataset', header: 'Dataset' },
  kind: { field: 'kind', header: 'Kind' },
  destinationType: { field: 'destination_type', header: 'Destination type' },
  destination: { field: 'destination', header: 'Destination' },
  accountId: { field: 'account_id', header: 'Account id', link: cloudflareLink },
  zoneId: { field: 'zone_id', header: 'Zone id' },
  reason: { field: 'reason', header: 'Reason', width: 110 },
} satisfies Record<string, Column>

/** Makes a column lead to the job of its row. */
export function toJob(column: Column): Column {
  return { ...column, link: jobLink }
}

/** The column that tables of jobs sort by; `field` holds a level of `jobStates`. */
export function stateColumn(field: string): Column {
  return { field, header: 'State', width: 150, filled: true, mappings: [words(jobStates)] }
}

/** An instant, read as "3 hours ago". The query gives milliseconds. */
export function agoColumn(field: string, header: string): Column {
  return { field, header, unit: 'dateTimeFromNow', width: 130 }
}

/** Lag as a share of its limit: over 1 is late. */
export function lagShareColumn(field: string): Column {
  return {
    field,
    header: 'Lag of limit',
    unit: 'percentunit',
    decimals: 0,
    width: 105,
    thresholds: steps('green', [0.8, 'yellow'], [1, 'red']),
  }
}

export function lostColumn(field: string): Column {
  return { field, header: 'Records lost', unit: 'short', decimals: 0, width: 115, thresholds: noneIsGood() }
}

export const alertColumns: readonly Column[] = [
  {
    field: 'severity',
    header: 'Severity',
    width: 90,
    filled: true,
    mappings: [
      words([
        { level: 'critical', text: 'critical', color: 'red' },
        { level: 'warning', text: 'warning', color: 'orange' },
        { level: 'info', text: 'info', color: 'blue' },
      ]),
    ],
  },
  { field: 'alertname', header: 'Alert', link: runbookLink },
  toJob(jobColumns.name),
  jobColumns.account,
  jobColumns.zone,
  { field: 'destination_root', header: 'Destination' },
  toJob(jobColumns.id),
  agoColumn('Value', 'Since'),
]
