import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { alertsFolder } from '../../.build/generated/alert-files.ts'
import { freePorts, startProgram } from '../../src/runtime/child-program.ts'
import { readDashboard } from '../dashboards/dashboard-file.ts'
import { recordedNames } from '../dashboards/known-metrics.ts'
import { otherQueries, panelQueries } from '../dashboards/panel-queries.ts'

/*
 * What the rules cost a Prometheus, and how long the overview dashboard takes:
 * `node --import tsx test/bench/rules-bench.ts [--write] [--rules] [rules file]` prints the table that stands in
 * deploy/README.md, and writes it there; with `--rules` it also tells the dearest rules of each fleet. The real Prometheus
 * with the shipped intervals, one scrape each 30 seconds, a target that shows a fleet of jobs, and weeks of history at
 * the moments that the rules look back to. Five minutes for each line; nothing else should run meanwhile.
 */

const args = process.argv.slice(2)
const rulesFile =
  args.find((argument) => !argument.startsWith('--')) ?? join(alertsFolder, 'cloudflare-logpush.rules.yaml')
const minutes = Number(process.env.BENCH_MINUTES ?? 5)
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

const scopeOf = (index: number): string => {
  const zone = Math.floor(index / perScope)
  return `account="Account ${zone % 5}",zone="zone-${zone}.example"`
}

/** The exposition of a fleet: 20 jobs in each zone, a bucket for every three, `failing` of all failing. */
function fleet(jobs: number, failing: number, now: number): string {
  const lines = ['cloudflare_logpush_exporter_build_info{version="bench"} 1']
  const seconds = Math.floor(now / 1000)
  for (let index = 0; index < jobs; index += 1) {
    const scope = scopeOf(index)
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
/** How far the rules look back, but for the last hour. */
const offsets = [2, 6, 24, 25, 72, 168, 169, 192, 336, 337, 504, 505, 672, 673].map((hours) => hours * hour)

/** Blocks of what a Prometheus knows that has run for a month: at the moments that are read while this measures. */
async function writeHistory(folder: string, jobs: number, failing: number, now: number): Promise<void> {
  const spans = [
    // An hour in full, one sample a minute; before that, what an offset meets.
    { from: now - hour - 5 * minuteMs, to: now, step: minuteMs },
    ...offsets.map((offset) => ({
      from: now - offset - 5 * minuteMs,
      to: now - offset + minutes * minuteMs,
      step: 4 * minuteMs,
    })),
  ]
  for (const { from, to, step } of spans) {
    const times = Array.from(
      { length: Math.floor((to - from) / step) + 1 },
      (_, index) => from + index * step,
    )
    const file = join(folder, 'history.txt')
    const stream = createWriteStream(file)
    const names = Object.keys(historic(0, false))
    for (const name of [...names, 'recorded batches', 'recorded failed']) {
      const metric =
        name === 'recorded batches'
          ? 'job_id:cloudflare_logpush_batches:max'
          : name === 'recorded failed'
            ? 'job_id:cloudflare_logpush_batches_failed:max'
            : `cloudflare_logpush_${name}`
      stream.write(`# TYPE ${metric} gauge\n`)
      for (let index = 0; index < jobs; index += 1) {
        const fails = index % 100 < failing * 100
        // Recorded of jobs that lost something alone.
        if (name === 'recorded failed' && !fails) continue
        const target = metric.includes(':') ? '' : ',job="logpush-exporter",instance="127.0.0.1:1"'
        const labels = `namespace="logpush",${scopeOf(index)},job_id="${index}"${target}`
        for (const at of times) {
          const all: Readonly<Record<string, number>> = historic(batchesAt(at), fails)
          const value =
            name === 'recorded batches' ? batchesAt(at) : (all[name] ?? all.batches_failed_total ?? 0)
          if (!stream.write(`${metric}{${labels}} ${value} ${at / 1000}\n`)) await once(stream, 'drain')
        }
      }
    }
    stream.end('# EOF\n')
    await once(stream, 'close')
    const run = ['tsdb', 'create-blocks-from', 'openmetrics', file, join(folder, 'data')]
    await promisify(execFile)('promtool', run, { maxBuffer: 1e8 })
  }
  // Six hours of what is recorded of all jobs, for the graphs.
  const lines = [...fleetSeries()].flatMap((series, index) => [
    ...(series.first ? [`# TYPE ${series.name} gauge`] : []),
    ...Array.from({ length: 6 * 60 }, (_, minute) => {
      const at = now - (6 * 60 - minute) * minuteMs
      return `${series.name}{${series.labels}} ${1000 + ((index + minute) % 7)} ${at / 1000}`
    }),
  ])
  const file = join(folder, 'fleet.txt')
  await writeFile(file, `${lines.join('\n')}\n# EOF\n`)
  const run = ['tsdb', 'create-blocks-from', 'openmetrics', file, join(folder, 'data')]
  await promisify(execFile)('promtool', run)
}

function* fleetSeries() {
  for (const name of recordedNames) {
    let first = true
    for (let account = 0; account < 5; account += 1)
      for (let part = 0; part < 20; part += 1) {
        const labels = name.startsWith('dataset')
          ? `dataset="d${part}",destination_type="t${part % 4}"`
          : name.startsWith('status')
            ? `status="${200 + part}"`
            : `problem="p${part}",level="l${part % 2}"`
        yield { name, first, labels: `namespace="logpush",account="Account ${account}",${labels}` }
        first = false
      }
  }
}

const groups = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        name: z.string(),
        interval: z.number(),
        evaluationTime: z.number(),
        rules: z.array(
          z.object({
            name: z.string(),
            evaluationTime: z.number(),
            labels: z.record(z.string(), z.string()).optional(),
          }),
        ),
      }),
    ),
  }),
})

const vector = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
})

interface Cost {
  /** Share of their interval that all groups take together. */
  readonly share: number
  readonly slowest: string
  readonly headSeries: number
  /** Recorded series, divided by the jobs: those of single jobs, and all. */
  readonly recordedPerJob: number
  readonly recordedAll: number
  readonly memoryMb: number
  /** What Prometheus uses of one core, scrapes and rules. */
  readonly cpu: number
  /** Milliseconds of all queries of the overview, six hours, one after the other; and of the slowest. */
  readonly overviewMs: number
  readonly slowestPanelMs: number
  readonly overviewCpu: number
}

/** What Prometheus has used of a processor since it began, in seconds: what else the machine does is not in it. */
async function cpuSeconds(prometheus: string): Promise<number> {
  const text = await (await fetch(`${prometheus}/metrics`)).text()
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1])
}

/**
 * What the overview's queries take together, on the clock and of a processor, and the slowest of them; `background` is
 * the share of a core that scrapes and rules use meanwhile.
 */
async function askOverview(
  prometheus: string,
  background: number,
): Promise<{ readonly all: number; readonly slowest: number; readonly cpu: number }> {
  const dashboard = readDashboard('overview.json')
  const now = Math.floor(Date.now() / 1000)
  const used = await cpuSeconds(prometheus)
  let [all, slowest] = [0, 0]
  const values = { show: '2' }
  for (const { expr, instant } of [...panelQueries(dashboard, values), ...otherQueries(dashboard, values)]) {
    const range = instant
      ? { time: String(now) }
      : { start: String(now - 6 * 3600), end: String(now), step: '60' }
    const began = performance.now()
    const answer = await fetch(`${prometheus}/api/v1/query${instant ? '' : '_range'}`, {
      method: 'POST',
      body: new URLSearchParams({ query: expr, ...range }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${expr}: ${text.slice(0, 300)}`)
    const took = performance.now() - began
    all += took
    slowest = Math.max(slowest, took)
  }
  return { all, slowest, cpu: (await cpuSeconds(prometheus)) - used - (background * all) / 1000 }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Prints what each group takes of its interval, and the dearest rules. */
function tellDearest(...tables: readonly ReadonlyMap<string, readonly number[]>[]): void {
  for (const table of tables)
    for (const [name, values] of [...table].sort((a, b) => median(b[1]) - median(a[1])).slice(0, 15))
      process.stderr.write(`${(median(values) * 100).toFixed(2)} % ${name}\n`)
}

async function measure(jobs: number, failing: number): Promise<Cost> {
  const folder = await mkdtemp(join(tmpdir(), 'rules-bench-'))
  const target = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
    response.end(fleet(jobs, failing, Date.now()))
  })
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve))
  const address = target.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const [port = 0] = await freePorts(1)
  await writeFile(join(folder, 'rules.yaml'), readFileSync(rulesFile))
  const job = (name: string, at: number, labels: Readonly<Record<string, string>>) => ({
    job_name: name,
    static_configs: [{ targets: [`127.0.0.1:${at}`], labels }],
  })
  await writeFile(
    join(folder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '30s', scrape_timeout: '20s', evaluation_interval: '30s' },
      rule_files: ['rules.yaml'],
      scrape_configs: [
        job('logpush-exporter', address.port, { namespace: 'logpush' }),
        job('prometheus', port, {}),
      ],
    }),
  )
  await writeHistory(folder, jobs, failing, Date.now())
  const program = startProgram('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ])
  const at = `http://127.0.0.1:${port}`
  const get = async (path: string): Promise<unknown> => (await fetch(`${at}/api/v1/${path}`)).json()
  const one = async (query: string): Promise<number> =>
    Number(
      vector.parse(await get(`query?query=${encodeURIComponent(query)}`)).data.result[0]?.value[1] ??
        Number.NaN,
    )
  try {
    // Of each group, and of each rule, the median: what else the machine does shows in single evaluations.
    const shares = new Map<string, number[]>()
    const ruleShares = new Map<string, number[]>()
    const end = Date.now() + minutes * 60_000
    let [usedAtFirst, firstAt] = [0, Date.now()]
    while (Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 15_000))
      // Before the first scrapes there is nothing to evaluate.
      if (Date.now() < end - (minutes - 2) * 60_000) {
        usedAtFirst = await cpuSeconds(at)
        firstAt = Date.now()
        continue
      }
      for (const { name, evaluationTime, interval, rules } of groups.parse(await get('rules')).data.groups) {
        shares.set(name, [...(shares.get(name) ?? []), evaluationTime / interval])
        for (const [index, rule] of rules.entries()) {
          const { severity, problem, level, window } = rule.labels ?? {}
          const labels = [severity, problem, level, window].filter((label) => label !== undefined).join(' ')
          const key = `${name.replace('cloudflare-logpush-', '')} ${index} ${rule.name} ${labels}`
          ruleShares.set(key, [...(ruleShares.get(key) ?? []), rule.evaluationTime / interval])
        }
      }
    }
    if (args.includes('--rules')) tellDearest(shares, ruleShares)
    const each = [...shares].map(([name, values]) => ({ name, share: median(values) }))
    const slowest = each.reduce((one, other) => (other.share > one.share ? other : one))
    const cpu = ((await cpuSeconds(at)) - usedAtFirst) / ((Date.now() - firstAt) / 1000)
    const overviews = [await askOverview(at, cpu), await askOverview(at, cpu), await askOverview(at, cpu)]
    return {
      share: each.reduce((sum, { share }) => sum + share, 0),
      slowest: `${slowest.name.replace('cloudflare-logpush-', '')} ${(slowest.share * 100).toFixed(1)} %`,
      cpu,
      overviewCpu: median(overviews.map((overview) => overview.cpu)),
      overviewMs: median(overviews.map(({ all }) => all)),
      slowestPanelMs: median(overviews.map(({ slowest: longest }) => longest)),
      headSeries: await one('prometheus_tsdb_head_series'),
      recordedPerJob: (await one('count({__name__=~"job_id:.+"})')) / jobs,
      recordedAll: (await one('count({__name__=~".+:.+"})')) / jobs,
      memoryMb: (await one('process_resident_memory_bytes{job="prometheus"}')) / 1e6,
    }
  } finally {
    await program.stop()
    target.close()
    target.closeAllConnections()
    await rm(folder, { recursive: true, force: true })
  }
}

const rows = [
  '| jobs | failing | rule groups, of their interval | slowest group | recorded series per job, with all others | CPU of Prometheus | memory | series in memory | overview, 6 h: all queries, slowest, CPU |',
  '|---|---|---|---|---|---|---|---|---|',
]
process.stdout.write(`${rows.join('\n')}\n`)
const wanted = (process.env.BENCH_FLEETS ?? '100:0,100:0.2,1000:0,1000:0.2,10000:0,10000:0.2').split(',')
for (const fleetText of wanted) {
  const [jobs = 0, failing = 0] = fleetText.split(':').map(Number)
  const cost = await measure(jobs, failing)
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
  const row = `| ${jobs.toLocaleString('en')} | ${failing * 100} % | ${(cost.share * 100).toFixed(1)} % | ${cost.slowest} | ${cost.recordedPerJob.toFixed(1)}, ${cost.recordedAll.toFixed(1)} | ${(cost.cpu * 100).toFixed(0)} % of a core | ${Math.round(cost.memoryMb)} MB | ${Math.round(cost.headSeries / 1000)}k | ${seconds(cost.overviewMs)}, ${seconds(cost.slowestPanelMs)}, ${cost.overviewCpu.toFixed(2)} s |`
  rows.push(row)
  process.stdout.write(`${row}\n`)
}
if (args.includes('--write')) {
  const [begin, end] = ['<!-- rules-bench:begin -->', '<!-- rules-bench:end -->']
  const document = readFileSync('deploy/README.md', 'utf8')
  const from = document.indexOf(begin) + begin.length
  const text = `\n${rows.join('\n')}\n`
  await writeFile(
    'deploy/README.md',
    `${document.slice(0, from)}${text}${document.slice(document.indexOf(end))}`,
  )
}
