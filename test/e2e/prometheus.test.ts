import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { dashboardFiles, readDashboard } from '../dashboards/dashboard-file.ts'
import { mayBeEmpty, panelQueries } from '../dashboards/panel-queries.ts'
import { eventually } from '../support/exporter-process.ts'

/* A real Prometheus scrapes the demo, and sees the first lost batch of a job. */

t.setTimeout(290_000)

const bundle = new URL('../../dist/main.js', import.meta.url).pathname
const missing = spawnSync('prometheus', ['--version']).status !== 0

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function run(
  t: { teardown(end: () => Promise<void>): unknown },
  command: string,
  args: readonly string[],
  cwd: string,
): ChildProcess {
  const child = spawn(command, args, { cwd, stdio: 'ignore', env: { PATH: process.env.PATH ?? '' } })
  const ended = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGTERM')
    const force = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await ended
    clearTimeout(force)
  })
  return child
}

t.test(
  'a real Prometheus scrapes the demo without an error and sees the first lost batch of a job',
  { skip: missing ? 'prometheus is not installed' : false },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'prometheus-'))
    t.teardown(async () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
    const [exporter, prometheus] = [await freePort(), await freePort()]
    writeFileSync(
      join(folder, 'prometheus.yml'),
      JSON.stringify({
        global: { scrape_interval: '1s' },
        rule_files: ['rules.yaml'],
        scrape_configs: [
          {
            job_name: 'cloudflare-logpush-exporter',
            static_configs: [{ targets: [`127.0.0.1:${exporter}`] }],
          },
        ],
      }),
    )
    // As shipped, but for their pace.
    const rules = readFileSync('alerts/cloudflare-logpush.rules.yaml', 'utf8')
    writeFileSync(join(folder, 'rules.yaml'), rules.replace(/^( +interval:) \w+$/gm, '$1 2s'))
    const api = `http://127.0.0.1:${prometheus}/api/v1`
    run(t, process.execPath, [bundle, 'demo', `--listen=127.0.0.1:${exporter}`, '--speed=3'], folder)
    run(
      t,
      'prometheus',
      [
        '--config.file=prometheus.yml',
        '--storage.tsdb.path=data',
        `--web.listen-address=127.0.0.1:${prometheus}`,
        '--web.external-url=http://prometheus.example/',
        '--web.route-prefix=/',
      ],
      folder,
    )
    const ask = async (
      query: string,
    ): Promise<readonly { metric: Record<string, string>; value: [number, string] }[]> => {
      const answer = await fetch(`${api}/query?query=${encodeURIComponent(query)}`)
      const body = (await answer.json()) as {
        data: { result: { metric: Record<string, string>; value: [number, string] }[] }
      }
      return body.data.result
    }
    const lost = await eventually(
      async () => {
        const query =
          'increase(cloudflare_logpush_batches_failed_total[1m]) * on (job_id) group_left (job_name) cloudflare_logpush_job_info{job_name="quay-firewall-splunk"} > 0'
        const [first] = await ask(query)
        return first
      },
      'the lost batch in Prometheus',
      120,
    )
    t.match(lost.metric, { zone: 'quay.example', job_name: 'quay-firewall-splunk' })
    t.ok(Number(lost.value[1]) > 0)
    t.same(
      (await ask('up')).map(({ value }) => value[1]),
      ['1'],
    )
    const targets = (await (await fetch(`${api}/targets`)).json()) as {
      data: { activeTargets: { health: string; lastError: string }[] }
    }
    t.same(
      targets.data.activeTargets.map(({ health, lastError }) => ({ health, lastError })),
      [{ health: 'up', lastError: '' }],
    )
    t.same(await ask('resets(up[5m]) > 0'), [], 'no scrape failed once the demo listened')

    // The dashboards' own queries, against what the demo left in Prometheus.
    // Of the failing jobs, one that delivered something within the window of the graphs.
    const failingJob =
      '(cloudflare_logpush_job_failing == 1 and on (job_id) rate(cloudflare_logpush_bytes_total[1m]) > 0)'
    const short = { __rate_interval: '1m', __range: '30m' }
    const queriesAbout = (jobId: string) =>
      dashboardFiles.flatMap((file) => {
        const values = file === 'job.json' ? { ...short, job_id: jobId } : short
        return panelQueries(readDashboard(file), values)
      })
    let queries: ReturnType<typeof queriesAbout> = []
    let empty: readonly string[] = []
    await eventually(
      async () => {
        const failing = await ask(`${failingJob} or cloudflare_logpush_job_failing == 1`)
        queries = queriesAbout(failing[0]?.metric.job_id ?? '')
        const answers = await Promise.all(
          queries.map(async (query) => ({ query, found: (await ask(query.expr)).length })),
        )
        empty = [
          ...new Set(
            answers.filter(({ found }) => found === 0).map(({ query }) => `${query.panel} ${query.refId}`),
          ),
        ]
        return empty.every((name) => name in mayBeEmpty) ? true : undefined
      },
      'data on every panel',
      120,
    ).catch(() => undefined)
    t.same(
      empty.filter((name) => !(name in mayBeEmpty)),
      [],
      'every panel has data, but for those that wait for something',
    )
    t.comment(
      `${queries.length} dashboard queries, ${queries.length - empty.length} with data; empty: ${empty.join(', ')}`,
    )
  },
)
