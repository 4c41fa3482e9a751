/* Jobs as the JSON API gives them. Times are ISO 8601 in UTC; what is not known is null, never zero. */
import { type HistorySums, slotMs } from '../../exporter/state/upload-history.ts'
import type { JobDetail, JobStatus } from '../../exporter/view/job-status.ts'
import type { Overview } from '../../exporter/view/status.ts'
import { cloudflareUrl, grafanaUrl, runbookOf, runbookUrl } from './addresses.ts'
import { arrivalJson } from './arrival-json.ts'
import { isoOrNull, isoText } from './readable.ts'
import { filterOf } from './status-query.ts'

export function overviewJson(view: Overview, grafana: string | null): unknown {
  const { headline, now, query, jobs, found, page, pages } = view
  return {
    now: isoText(now),
    summary: {
      jobs: headline.jobs,
      ...headline.byTrouble,
      blind_jobs: headline.blind.jobs,
      blind_scopes: headline.blind.scopes,
      lost_last_hour: headline.lostLastHour,
      jobs_listed_at: isoOrNull(headline.dataAt.inventory),
      uploads_counted_to: isoOrNull(headline.dataAt.health),
    },
    filter: filterOf(query),
    found,
    page,
    pages,
    per_page: query.perPage,
    jobs: jobs.map((job) => jobJson(job, now, grafana)),
  }
}

export function jobDetailJson(job: JobDetail, now: number, grafana: string | null): unknown {
  const { totals, answers, edits, slots, slotsKnown, arrival } = job
  return {
    now: isoText(now),
    ...jobJson(job, now, grafana),
    totals: {
      records: totals.records,
      records_lost: totals.recordsLost,
      bytes: totals.bytes,
      bytes_lost: totals.bytesLost,
      compressed_bytes: totals.compressedBytes,
      upload_seconds: totals.uploadSeconds,
      sample_interval: totals.sampleInterval,
    },
    answers,
    changes: edits.map(({ at, action, by }) => ({ at: isoText(at), action, by })),
    destination_expires: isoOrNull(job.destinationExpiry),
    arrival: arrival === null ? null : arrivalJson(arrival),
    history: {
      slot_seconds: slotMs / 1000,
      known_from: isoOrNull(slotsKnown?.from ?? null),
      known_to: isoOrNull(slotsKnown?.to ?? null),
      slots: slots.map(({ start, ...sums }) => ({ start: isoText(start), ...sumsJson(sums) })),
    },
  }
}

function jobJson(job: JobStatus, now: number, grafana: string | null): Readonly<Record<string, unknown>> {
  const { facts, zone, blind, disabled, disableExpected } = job
  const runbook = runbookOf(job, now)
  return {
    id: job.id,
    name: job.name,
    account: job.account,
    zone: zone === null ? null : { id: zone.id, name: zone.name },
    dataset: facts?.dataset ?? null,
    kind: facts?.kind ?? null,
    destination: facts === null ? null : { type: facts.destinationType, address: facts.destination },
    enabled: facts?.enabled ?? null,
    state: job.trouble,
    since: isoOrNull(job.since),
    reason: job.reason,
    error: job.error,
    failing_since: isoOrNull(job.failingSince),
    disabled: disabled === null ? null : { at: isoText(disabled.at), how: disabled.how },
    disable_expected:
      disableExpected === null
        ? null
        : { earliest: isoText(disableExpected.earliest), latest: isoText(disableExpected.latest) },
    last_complete: isoOrNull(job.lastComplete),
    last_error: isoOrNull(job.lastError),
    last_upload: isoOrNull(job.lastUpload),
    lag_seconds: job.lagMs === null ? null : job.lagMs / 1000,
    max_lag_seconds: facts === null ? null : job.maxLagMs / 1000,
    last_hour: sumsJson(job.lastHour),
    blind:
      blind === null
        ? null
        : { source: blind.source, kind: blind.kind, message: blind.message, since: isoText(blind.since) },
    listed_at: isoOrNull(job.dataAt.inventory),
    uploads_counted_to: isoOrNull(job.dataAt.health),
    links: {
      runbook: runbook === null ? null : runbookUrl(runbook),
      cloudflare: cloudflareUrl(job),
      grafana: grafana === null ? null : grafanaUrl(grafana, 'job', job.id),
    },
  }
}

function sumsJson(sums: HistorySums): Readonly<Record<string, number>> {
  return {
    uploads: sums.uploads,
    retries: sums.retries,
    batches_lost: sums.lostBatches,
    records: sums.records,
    records_lost: sums.lostRecords,
  }
}
