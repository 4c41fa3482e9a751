import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleValue, scrape } from '../support/scrape.ts'
import { type Figure, percentile } from './figures.ts'
import { loopFigures } from './loop-bench.ts'

const bundle = new URL('../../dist/main.js', import.meta.url).pathname

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** From exec to the end of the first /metrics answer, with a ledger on disk and an API that is not there. */
async function firstMetrics(end: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<number> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const start = performance.now()
  const child = spawn(
    process.execPath,
    [
      bundle,
      'serve',
      `--web.listen-address=127.0.0.1:${port}`,
      '--cloudflare.base-url=http://127.0.0.1:9/client/v4',
      `--state.path=${join(folder, 'ledger.db')}`,
    ],
    { stdio: 'ignore', env: { PATH: process.env.PATH ?? '', CLOUDFLARE_API_TOKEN: 'token-0123456789' } },
  )
  let ms = Number.NaN
  while (Number.isNaN(ms)) {
    try {
      await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
      ms = performance.now() - start
    } catch {
      if (performance.now() - start > 20_000) break
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
  child.kill(end)
  await once(child, 'exit')
  rmSync(folder, { recursive: true, force: true })
  return ms
}

async function emptyNode(): Promise<number> {
  const start = performance.now()
  const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' })
  await once(child, 'exit')
  return performance.now() - start
}

export async function startFigures(): Promise<readonly Figure[]> {
  const [bare, ours]: [number[], number[]] = [[], []]
  // One that ends by itself leaves behind what it compiled, where Node can do that.
  await firstMetrics('SIGTERM')
  for (let i = 0; i < 20; i += 1) {
    bare.push(await emptyNode())
    ours.push(await firstMetrics())
  }
  return [
    { what: 'node -e 0, median', value: percentile(bare, 50), unit: 'ms' },
    { what: 'exec to first /metrics, min', value: Math.min(...ours), unit: 'ms' },
    {
      what: 'exec to first /metrics, median',
      value: percentile(ours, 50),
      unit: 'ms',
      bar: { most: 250, why: 'below 250 ms' },
    },
  ]
}

function memory(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const kilobytes = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1000
}

/** The real program on a simulated account with 10,000 jobs in 500 zones, in processes of their own. */
export async function memoryFigures(): Promise<readonly Figure[]> {
  const [api, port] = [await freePort(), await freePort()]
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const simulator = spawn(
    process.execPath,
    [bundle, 'simulate', `--listen=127.0.0.1:${api}`, '--world=large:500,500,20'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let printed = ''
  simulator.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  let token: string | undefined
  while (token === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    token = /CLOUDFLARE_API_TOKEN=(\S+)/.exec(printed)?.[1]
  }
  const exporter = spawn(
    process.execPath,
    [
      bundle,
      'serve',
      `--web.listen-address=127.0.0.1:${port}`,
      `--cloudflare.base-url=http://127.0.0.1:${api}/client/v4`,
      `--state.path=${join(folder, 'ledger.db')}`,
      '--cloudflare.budget-share=1',
    ],
    { stdio: 'ignore', env: { PATH: process.env.PATH ?? '', CLOUDFLARE_API_TOKEN: token } },
  )
  const pid = exporter.pid ?? 0
  const url = `http://127.0.0.1:${port}/metrics`
  const figures: Figure[] = []
  let peak = 0
  const end = performance.now() + 420_000
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    peak = Math.max(peak, memory(pid, 'VmRSS'))
    const ready = (await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => null))?.status === 200
    // A scrape each fifteen seconds, as Prometheus would.
    if (Math.floor(performance.now() / 15_000) !== Math.floor((performance.now() - 2_000) / 15_000)) {
      await (await fetch(url, { headers: { 'accept-encoding': 'gzip' } })).arrayBuffer().catch(() => null)
    }
    if (ready || performance.now() > end) break
  }
  const samples = await scrape(url)
  const jobs = samples.filter(
    ({ name, value }) => name === 'cloudflare_logpush_batches_total' && value > 0,
  ).length
  peak = Math.max(peak, memory(pid, 'VmRSS'))
  figures.push(
    { what: 'jobs counted by the exporter', value: jobs, unit: '' },
    {
      what: 'RSS at 10,000 jobs, after the first polls',
      value: memory(pid, 'VmRSS'),
      unit: 'MB',
      bar: { most: 130, why: 'below 130 MB' },
    },
    { what: 'RSS at 10,000 jobs, peak seen', value: peak, unit: 'MB' },
    {
      what: 'health cycle at 10,000 jobs in 500 zones',
      value:
        sampleValue(samples, 'cloudflare_logpush_exporter_poll_duration_seconds', { poller: 'health' }) ??
        Number.NaN,
      unit: 's',
    },
    ...(await loopFigures(`http://127.0.0.1:${port}`)),
  )
  for (const child of [exporter, simulator]) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(folder, { recursive: true, force: true })
  return figures
}
