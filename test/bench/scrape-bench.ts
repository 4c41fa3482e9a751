import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import Fastify from 'fastify'
import { summarise } from '../../src/domain/job/job-summary.ts'
import { addCounts, noTotals } from '../../src/domain/ledger/job-totals.ts'
import { beginLedger } from '../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../src/domain/scope.ts'
import { createState } from '../../src/exporter/state/state.ts'
import { metricsRoute } from '../../src/http/metrics-route.ts'
import { createExposition } from '../../src/metrics/exposition.ts'
import { createNodeMetrics } from '../../src/metrics/node-metrics.ts'
import { aJob, zone } from '../support/exporter-core.ts'
import { type Figure, percentile } from './figures.ts'

const at = Date.UTC(2026, 10, 24, 3, 0, 0)
const jobsPerZone = 20

/** A state with so many jobs, each with counts and answers, as polls would have left it. */
export function stateWith(jobs: number) {
  const state = createState()
  const zones = Array.from({ length: Math.ceil(jobs / jobsPerZone) }, (_, index) =>
    zone(`zone-${index}.example`),
  )
  state.setScopes(zones)
  zones.forEach((scope, index) => {
    const ids = Array.from({ length: Math.min(jobsPerZone, jobs - index * jobsPerZone) }, (_, job) =>
      String(410_000 + index * jobsPerZone + job),
    )
    state.jobsListed(
      scopeKey(scope),
      ids.map((id) => summarise(aJob(id, { lastComplete: at - 20_000 }))),
      at,
    )
    const row = {
      minute: 1,
      destinationType: 's3',
      status: 200,
      final: true,
      success: true,
      uploads: 12_345,
      records: 987_654_321,
      bytes: 123_456_789_012,
      compressedBytes: 12_345_678_901,
      uploadSeconds: 4567.25,
      sampleInterval: 1,
      lastUpload: at,
    }
    const totals = new Map(
      ids.map(
        (id) =>
          [
            id,
            addCounts(
              addCounts(noTotals, { ...row, jobId: id }, row),
              { ...row, jobId: id, status: 503, final: false, success: false },
              { ...row, uploads: 7 },
            ),
          ] as const,
      ),
    )
    state.healthRead(scopeKey(scope), { ...beginLedger(1), readTo: 29_000_000, totals }, at)
  })
  return state
}

async function fetchOnce(port: number, path: string, gzip: boolean): Promise<{ ms: number; bytes: number }> {
  const start = performance.now()
  const sent = request({
    host: '127.0.0.1',
    port,
    path,
    headers: gzip ? { 'accept-encoding': 'gzip' } : {},
  }).end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  let bytes = 0
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  await once(answer, 'end')
  return { ms: performance.now() - start, bytes }
}

async function measure(
  port: number,
  path: string,
  gzip: boolean,
  rounds: number,
): Promise<{ times: number[]; bytes: number }> {
  for (let i = 0; i < 3; i += 1) await fetchOnce(port, path, gzip)
  const times: number[] = []
  let bytes = 0
  for (let i = 0; i < rounds; i += 1) {
    const one = await fetchOnce(port, path, gzip)
    times.push(one.ms)
    bytes = one.bytes
  }
  return { times, bytes }
}

/** Scrapes of so many jobs, beside the same bytes as a static string from the same fastify. */
export async function scrapeFigures(jobs: number): Promise<readonly Figure[]> {
  const state = stateWith(jobs)
  const source = createExposition({
    scopes: () => state.scopes,
    rules: () => ({ maxLagMs: () => 1_800_000, lablabs: false }),
    own: () => [],
    node: createNodeMetrics(),
    defer: (work) => setImmediate(work),
  })
  const app = Fastify()
  metricsRoute(app, '/metrics', source)
  const { body } = await source.exposition('text', false)
  const text = Buffer.concat([...body]).toString()
  app.get('/static', (_, reply) => reply.type('text/plain').send(text))
  const address = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const port = Number(address.port)
  const rounds = jobs >= 50_000 ? 30 : jobs >= 10_000 ? 100 : 300
  const fixed = await measure(port, '/static', false, rounds)
  const ours = await measure(port, '/metrics', false, rounds)
  const zipped = await measure(port, '/metrics', true, rounds)
  await app.close()
  const name = `${jobs.toLocaleString('en')} jobs`
  const bar =
    jobs === 10_000
      ? { bar: { most: 2 * percentile(fixed.times, 99), why: 'below 2 × the static string' } }
      : {}
  return [
    { what: `${name}: scrape size`, value: ours.bytes / 1e6, unit: 'MB' },
    { what: `${name}: static string p50`, value: percentile(fixed.times, 50), unit: 'ms' },
    { what: `${name}: static string p99`, value: percentile(fixed.times, 99), unit: 'ms' },
    { what: `${name}: scrape p50`, value: percentile(ours.times, 50), unit: 'ms' },
    { what: `${name}: scrape p99`, value: percentile(ours.times, 99), unit: 'ms', ...bar },
    { what: `${name}: gzip size`, value: zipped.bytes / 1e6, unit: 'MB' },
    { what: `${name}: gzip scrape p99`, value: percentile(zipped.times, 99), unit: 'ms' },
  ]
}
