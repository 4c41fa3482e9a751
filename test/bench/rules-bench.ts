import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { alertsFolder } from '../../.build/generated/alert-files.ts'
import { freePorts, startProgram } from '../../src/runtime/child-program.ts'

/*
 * What the rules cost a Prometheus: `node --import tsx test/bench/rules-bench.ts [rules file]` prints the table that
 * stands in deploy/README.md. The real Prometheus with the shipped intervals, one scrape each 30 seconds, and a target
 * that shows a fleet of jobs. Takes five minutes for each line; nothing else should run meanwhile.
 */

const rulesFile = process.argv[2] ?? join(alertsFolder, 'cloudflare-logpush.rules.yaml')
const minutes = 5

const perScope = 20

/** The exposition of a fleet: 20 jobs in each zone, a bucket for every three, `failing` of all failing. */
function fleet(jobs: number, failing: number, now: number): string {
  const lines = ['cloudflare_logpush_exporter_build_info{version="bench"} 1']
  const seconds = Math.floor(now / 1000)
  for (let index = 0; index < jobs; index += 1) {
    const zone = Math.floor(index / perScope)
    const scope = `account="Account ${zone % 5}",zone="zone-${zone}.example"`
    if (index % perScope === 0)
      for (const source of ['inventory', 'health'])
        lines.push(
          `cloudflare_logpush_up{${scope},source="${source}"} 1`,
          `cloudflare_logpush_data_timestamp_seconds{${scope},source="${source}"} ${seconds}`,
        )
    const fails = index % 100 < failing * 100
    const job = `${scope},job_id="${index}"`
    const batches = Math.floor(seconds / 60) % 100_000
    const gauges = {
      job_enabled: 1,
      job_failing: Number(fails),
      job_last_complete_timestamp_seconds: fails ? seconds - 3_600 : seconds - 60,
      job_max_lag_seconds: 1_800,
      job_last_upload_timestamp_seconds: seconds - 30,
      job_max_upload_interval_seconds: 60,
      job_sample_interval: 1,
      batches_total: batches,
      batches_failed_total: fails ? Math.floor(batches / 10) : 0,
      uploads_total: batches * 2,
      upload_retries_total: fails ? batches : 0,
      records_total: batches * 1_000,
      bytes_total: batches * 1_000_000,
      compressed_bytes_total: batches * 100_000,
      records_lost_total: 0,
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

const groups = z.object({
  data: z.object({
    groups: z.array(z.object({ name: z.string(), interval: z.number(), evaluationTime: z.number() })),
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
  readonly recordedPerJob: number
  readonly memoryMb: number
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
  const program = startProgram('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ])
  const get = async (path: string): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json()
  const one = async (query: string): Promise<number> =>
    Number(
      vector.parse(await get(`query?query=${encodeURIComponent(query)}`)).data.result[0]?.value[1] ??
        Number.NaN,
    )
  try {
    const shares: number[] = []
    let slowest = { name: '', share: 0 }
    const end = Date.now() + minutes * 60_000
    while (Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 15_000))
      // Before the first scrapes there is nothing to evaluate.
      if (Date.now() < end - (minutes - 2) * 60_000) continue
      const all = groups.parse(await get('rules')).data.groups
      shares.push(all.reduce((sum, { evaluationTime, interval }) => sum + evaluationTime / interval, 0))
      for (const { name, evaluationTime, interval } of all)
        if (evaluationTime / interval > slowest.share) slowest = { name, share: evaluationTime / interval }
    }
    return {
      share: shares.reduce((sum, each) => sum + each, 0) / shares.length,
      slowest: `${slowest.name.replace('cloudflare-logpush-', '')} ${(slowest.share * 100).toFixed(1)} %`,
      headSeries: await one('prometheus_tsdb_head_series'),
      recordedPerJob: (await one('count({__name__=~".+:.+"})')) / jobs,
      memoryMb: (await one('process_resident_memory_bytes{job="prometheus"}')) / 1e6,
    }
  } finally {
    await program.stop()
    target.close()
    target.closeAllConnections()
    await rm(folder, { recursive: true, force: true })
  }
}

process.stdout.write(
  '| jobs | failing | all groups, of their interval | slowest group | head series | recorded per job | memory |\n|---|---|---|---|---|---|---|\n',
)
const wanted = (process.env.BENCH_FLEETS ?? '100:0,1000:0,10000:0,10000:0.2').split(',')
for (const fleetText of wanted) {
  const [jobs = 0, failing = 0] = fleetText.split(':').map(Number)
  const cost = await measure(jobs, failing)
  process.stdout.write(
    `| ${jobs.toLocaleString('en')} | ${failing * 100} % | ${(cost.share * 100).toFixed(1)} % | ${cost.slowest} | ${Math.round(cost.headSeries / 1000)}k | ${cost.recordedPerJob.toFixed(1)} | ${Math.round(cost.memoryMb)} MB |\n`,
  )
}
