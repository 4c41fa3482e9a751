import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { recordedFleetNames } from '../dashboards/known-metrics.ts'
import type { WrittenSeries } from './remote-write.ts'

/* A fleet of jobs and its past, as a Prometheus knows them that has run for a month. */

const minuteMs = 60_000

const perScope = 20

const batchesAt = (now: number): number => Math.floor(now / minuteMs) % 100_000

/** What the rules and the dashboard look back to. */
const historic = (batches: number, fails: boolean) => ({
  batches_failed_total: fails ? Math.floor(batches / 10) : 0,
  uploads_total: batches * 2,
  upload_retries_total: fails ? batches : 0,
  records_total: batches * 1_000,
  records_lost_total: fails ? batches * 10 : 0,
})

const scopeOf = (index: number) => {
  const zone = Math.floor(index / perScope)
  return { account: `Account ${zone % 5}`, zone: `zone-${zone}.example` }
}

/** The exposition of a fleet: 20 jobs in each zone, a bucket for every three, `failing` of all failing. */
export function fleet(jobs: number, failing: number, now: number): string {
  const lines = ['cloudflare_logpush_exporter_build_info{version="bench"} 1']
  const seconds = Math.floor(now / 1000)
  for (let index = 0; index < jobs; index += 1) {
    const { account, zone } = scopeOf(index)
    const scope = `account="${account}",zone="${zone}"`
    if (index % perScope === 0)
      for (const source of ['inventory', 'health'])
        lines.push(
          `cloudflare_logpush_up{${scope},source="${source}"} 1`,
          `cloudflare_logpush_data_timestamp_seconds{${scope},source="${source}"} ${seconds}`,
        )
    const fails = index % 100 < failing * 100
    const job = `${scope},job_id="${index}"`
    const batches = batchesAt(now)
    const gauges = {
      job_enabled: 1,
      job_failing: Number(fails),
      job_last_complete_timestamp_seconds: fails ? seconds - 3_600 : seconds - 60,
      job_max_lag_seconds: 1_800,
      job_last_upload_timestamp_seconds: seconds - 30,
      job_max_upload_interval_seconds: 60,
      job_sample_interval: 1,
      batches_total: batches,
      ...historic(batches, fails),
      bytes_total: batches * 1_000_000,
      compressed_bytes_total: batches * 100_000,
      bytes_lost_total: 0,
      upload_duration_seconds_total: batches,
      ...(fails ? { job_failing_since_timestamp_seconds: seconds - 3_600 } : {}),
    }
    for (const [name, value] of Object.entries(gauges))
      lines.push(`cloudflare_logpush_${name}{${job}} ${value}`)
    lines.push(
      `cloudflare_failing_logpush_job_disabled_alert{${job}} 0`,
      `cloudflare_logpush_upload_responses_total{${job},status="200",destination_type="s3"} ${batches}`,
      `cloudflare_logpush_job_info{${job},account_id="a",zone_id="z",job_name="job-${index}",dataset="http_requests",kind="",destination_type="s3",destination="s3://bucket-${Math.floor(index / 3)}/http/{DATE}?region=us-east-1"} 1`,
      ...(fails ? [`cloudflare_logpush_job_failure_info{${job},reason="auth"} 1`] : []),
    )
  }
  return `${lines.join('\n')}\n`
}

const hour = 60 * minuteMs
/** How far the rules look back, but for the last two hours. */
const offsets = [6, 24, 25, 72, 168, 169, 192, 336, 337, 504, 505, 672, 673].map((hours) => hours * hour)

/** `failing` is a share of the jobs; `minutes` is how long it is measured from `now` on. */
export interface Past {
  readonly jobs: number
  readonly failing: number
  readonly minutes: number
  readonly now: number
}

interface HistoricSeries {
  readonly labels: Readonly<Record<string, string>>
  readonly valueAt: (at: number) => number
}

/** What is known of the past of all jobs, by the names of series: counters, and what the rules record of them. */
function* historicSeries(jobs: number, failing: number, instance: string) {
  const target = { job: 'logpush-exporter', instance }
  const recorded = ['batches:max', 'batches:lossy', 'batches_failed:max']
  for (const name of [...Object.keys(historic(0, false)), ...recorded]) {
    const isRecorded = name.includes(':')
    function* series() {
      for (let index = 0; index < jobs; index += 1) {
        const fails = index % 100 < failing * 100
        // Recorded of jobs that lost something alone.
        if (isRecorded && name !== 'batches:max' && !fails) continue
        const labels = { namespace: 'logpush', ...scopeOf(index), job_id: `${index}` }
        const valueAt = (at: number): number => {
          const batches = batchesAt(at)
          const all: Readonly<Record<string, number>> = historic(batches, fails)
          return name.startsWith('batches:')
            ? batches
            : (all[isRecorded ? 'batches_failed_total' : name] ?? Number.NaN)
        }
        yield { labels: isRecorded ? labels : { ...labels, ...target }, valueAt }
      }
    }
    yield { name: `${isRecorded ? 'job_id:' : ''}cloudflare_logpush_${name}`, series: series() }
  }
}

/** What the head of a Prometheus holds when it has run for two hours, in pieces that it takes one after the other. */
const pieceMs = 26 * minuteMs
const headMs = 5 * pieceMs

export function* headSeries({ jobs, failing, now }: Past, instance: string): Generator<WrittenSeries> {
  for (let from = now - headMs; from < now; from += pieceMs) {
    const write = (name: string, { labels, valueAt }: HistoricSeries): WrittenSeries => ({
      labels: { __name__: name, ...labels },
      samples: Array.from({ length: pieceMs / minuteMs }, (_, minute) => {
        const at = from + minute * minuteMs
        return { at, value: valueAt(at) }
      }),
    })
    for (const { name, series } of historicSeries(jobs, failing, instance))
      for (const one of series) yield write(name, one)
    for (const one of fleetSeries()) yield write(one.name, one)
  }
}

/** Blocks of what a Prometheus knows that has run for a month: at the moments that are read while this measures. */
export async function writeHistory(folder: string, { jobs, failing, minutes, now }: Past): Promise<void> {
  for (const offset of offsets) {
    const [from, to, step] = [
      now - offset - 5 * minuteMs,
      now - offset + (minutes + 5) * minuteMs,
      4 * minuteMs,
    ]
    const times = Array.from(
      { length: Math.floor((to - from) / step) + 1 },
      (_, index) => from + index * step,
    )
    const file = join(folder, 'history.txt')
    const stream = createWriteStream(file)
    for (const { name, series } of historicSeries(jobs, failing, '127.0.0.1:1')) {
      stream.write(`# TYPE ${name} gauge\n`)
      for (const { labels, valueAt } of series) {
        const text = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
        for (const at of times)
          if (!stream.write(`${name}{${text.join(',')}} ${valueAt(at)} ${at / 1000}\n`))
            await once(stream, 'drain')
      }
    }
    stream.end('# EOF\n')
    await once(stream, 'close')
    const run = ['tsdb', 'create-blocks-from', 'openmetrics', file, join(folder, 'data')]
    await promisify(execFile)('promtool', run, { maxBuffer: 1e8 })
  }
  // What is recorded of all jobs, for the graphs of six hours; the last two are in the head.
  const minutesBefore = 4 * 60
  const lines = [...fleetSeries()].flatMap(({ name, first, labels, valueAt }) => [
    ...(first ? [`# TYPE ${name} gauge`] : []),
    ...Array.from({ length: minutesBefore }, (_, minute) => {
      const at = now - headMs - (minutesBefore - minute) * minuteMs
      const text = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
      return `${name}{${text.join(',')}} ${valueAt(at)} ${at / 1000}`
    }),
  ])
  const file = join(folder, 'fleet.txt')
  await writeFile(file, `${lines.join('\n')}\n# EOF\n`)
  const run = ['tsdb', 'create-blocks-from', 'openmetrics', file, join(folder, 'data')]
  await promisify(execFile)('promtool', run)
}

function* fleetSeries() {
  for (const name of recordedFleetNames) {
    let first = true
    for (let account = 0; account < 5; account += 1)
      for (let part = 0; part < 20; part += 1) {
        const own: Readonly<Record<string, string>> = name.startsWith('dataset')
          ? { dataset: `d${part}`, destination_type: `t${part % 4}` }
          : name.startsWith('status')
            ? { status: `${200 + part}` }
            : { problem: `p${part}`, level: `l${part % 2}` }
        const valueAt = (at: number): number => 1000 + ((part + Math.floor(at / minuteMs)) % 7)
        yield {
          name,
          first,
          labels: { namespace: 'logpush', account: `Account ${account}`, ...own },
          valueAt,
        }
        first = false
      }
  }
}
