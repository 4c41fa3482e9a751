import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { alertsFolder } from '../../.build/generated/alert-files.ts'
import { freePorts, startProgram } from '../../src/runtime/child-program.ts'
import { readDashboard } from '../dashboards/dashboard-file.ts'
import { otherQueries, panelQueries } from '../dashboards/panel-queries.ts'
import { remoteWrite } from './remote-write.ts'
import { fleet, headSeries, writeHistory } from './rules-world.ts'

/*
 * What the rules cost a Prometheus, and how long the overview dashboard takes:
 * `node --import tsx test/bench/rules-bench.ts [--write] [--rules] [rules file]` prints the table that stands in
 * deploy/README.md, and writes it there; with `--rules` it also tells the dearest rules of each fleet. The real Prometheus
 * with the shipped intervals, one scrape each 30 seconds, a target that shows a fleet of jobs, two hours in its head, and
 * blocks with weeks of history at the moments that the rules look back to. Ten minutes for each line; nothing else should
 * run meanwhile.
 */

const args = process.argv.slice(2)
const rulesFile =
  args.find((argument) => !argument.startsWith('--')) ?? join(alertsFolder, 'cloudflare-logpush.rules.yaml')
const minutes = Number(process.env.BENCH_MINUTES ?? 10)
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

const counts = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
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
  /** Milliseconds until all are answered when they are asked at once, as a browser does. */
  readonly overviewAtOnceMs: number
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
): Promise<{
  readonly all: number
  readonly slowest: number
  readonly cpu: number
  readonly atOnce: number
}> {
  const dashboard = readDashboard('overview.json')
  const now = Math.floor(Date.now() / 1000)
  const used = await cpuSeconds(prometheus)
  let [all, slowest] = [0, 0]
  const times = new Map<string, number>()
  const queries = [...panelQueries(dashboard), ...otherQueries(dashboard)]
  const ask = async ({ expr, instant }: (typeof queries)[number]): Promise<number> => {
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
    return performance.now() - began
  }
  for (const query of queries) {
    const { expr } = query
    const took = await ask(query)
    all += took
    slowest = Math.max(slowest, took)
    times.set(expr.replace(/\s+/g, ' ').slice(0, 200), took)
  }
  if (args.includes('--rules'))
    for (const [expr, took] of [...times].sort((one, other) => other[1] - one[1]).slice(0, 12))
      process.stderr.write(`${took.toFixed(0)} ms ${expr}\n`)
  const cpu = (await cpuSeconds(prometheus)) - used - (background * all) / 1000
  const began = performance.now()
  await Promise.all(queries.map(ask))
  return { all, slowest, cpu, atOnce: performance.now() - began }
}

const isReady = (prometheus: string): Promise<boolean> =>
  fetch(`${prometheus}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  )

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
  const configure = async (scrapes: readonly unknown[], ruleFiles: readonly string[]): Promise<void> => {
    await writeFile(
      join(folder, 'prometheus.yml'),
      JSON.stringify({
        global: { scrape_interval: '30s', scrape_timeout: '20s', evaluation_interval: '30s' },
        rule_files: ruleFiles,
        scrape_configs: scrapes,
      }),
    )
  }
  await configure([], [])
  await writeHistory(folder, { jobs, failing, minutes, now: Date.now() })
  const program = startProgram('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-lifecycle',
    '--web.enable-remote-write-receiver',
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
    while (!(await isReady(at))) await new Promise((resolve) => setTimeout(resolve, 500))
    await remoteWrite(
      at,
      headSeries({ jobs, failing, minutes, now: Date.now() }, `127.0.0.1:${address.port}`),
    )
    await configure(
      [job('logpush-exporter', address.port, { namespace: 'logpush' }), job('prometheus', port, {})],
      ['rules.yaml'],
    )
    await fetch(`${at}/-/reload`, { method: 'POST' })
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
    if (args.includes('--rules')) {
      tellDearest(shares, ruleShares)
      const counted = counts.parse(
        await get(
          `query?query=${encodeURIComponent('count by (__name__, problem) ({__name__=~"job_id:.+"})')}`,
        ),
      )
      for (const { metric, value } of counted.data.result)
        process.stderr.write(`${value[1]} ${Object.values(metric).join(' ')}\n`)
    }
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
      overviewAtOnceMs: median(overviews.map(({ atOnce }) => atOnce)),
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
  '| jobs | failing | rule groups, of their interval | slowest group | recorded series per job, with all others | CPU of Prometheus | memory | series in memory | overview, 6 h: all at once, one by one, slowest, CPU |',
  '|---|---|---|---|---|---|---|---|---|',
]
process.stdout.write(`${rows.join('\n')}\n`)
const wanted = (process.env.BENCH_FLEETS ?? '100:0,100:0.2,1000:0,1000:0.2,10000:0,10000:0.2').split(',')
for (const fleetText of wanted) {
  const [jobs = 0, failing = 0] = fleetText.split(':').map(Number)
  const cost = await measure(jobs, failing)
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
  const row = `| ${jobs.toLocaleString('en')} | ${failing * 100} % | ${(cost.share * 100).toFixed(1)} % | ${cost.slowest} | ${cost.recordedPerJob.toFixed(1)}, ${cost.recordedAll.toFixed(1)} | ${(cost.cpu * 100).toFixed(0)} % of a core | ${Math.round(cost.memoryMb)} MB | ${Math.round(cost.headSeries / 1000)}k | ${seconds(cost.overviewAtOnceMs)}, ${seconds(cost.overviewMs)}, ${seconds(cost.slowestPanelMs)}, ${cost.overviewCpu.toFixed(2)} s |`
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
