import { gzipSync } from 'node:zlib'
import { buildServer } from '../../src/http/server.ts'
import { someMetrics } from '../support/http-server.ts'
import { logSink } from '../support/log-sink.ts'
import { statusOf } from '../support/status-values.ts'
import { largeStatusWorld } from '../support/status-world.ts'
import { createSteppedClock } from '../support/stepped-clock.ts'
import { type Figure, percentile } from './figures.ts'

const now = Date.UTC(2026, 10, 24, 3)
const rounds = 200

/**
 * Time from request to whole answer, without a socket, and size of the pages, with so many jobs of which one in
 * fifty fails, one in fifty loses data, and all have four busy hours behind them.
 */
export async function statusPageFigures(jobs: number): Promise<readonly Figure[]> {
  const { state, history } = largeStatusWorld(jobs, now)
  const { app, close } = await buildServer({
    about: { name: 'logpush-exporter', version: '1.0.0', revision: 'bench' },
    telemetryPath: '/metrics',
    metrics: someMetrics,
    readiness: { state: () => ({ ready: true }) },
    reload: async () => ({ ok: true }),
    status: statusOf({ state, history, now: () => now }),
    runbooks: { names: async () => [], read: async () => null },
    web: null,
    log: logSink(),
    clock: createSteppedClock(now),
  })
  const name = jobs.toLocaleString('en')
  const measure = async (what: string, url: string, most?: number): Promise<readonly Figure[]> => {
    const times: number[] = []
    let bytes: Uint8Array = Buffer.alloc(0)
    for (let i = 0; i < rounds + 20; i += 1) {
      const start = performance.now()
      const answer = await app.inject(url)
      // The first ones warm up.
      if (i >= 20) times.push(performance.now() - start)
      bytes = answer.rawPayload
    }
    const p99 = { what: `${what}, ${name} jobs, p99`, value: percentile(times, 99), unit: 'ms' }
    return [
      { what: `${what}, ${name} jobs, p50`, value: percentile(times, 50), unit: 'ms' },
      most === undefined ? p99 : { ...p99, bar: { most, why: `below ${most} ms` } },
      { what: `${what}, ${name} jobs, size`, value: bytes.length / 1000, unit: 'kB' },
      {
        what: `${what}, ${name} jobs, compressed`,
        value: gzipSync(bytes, { level: 1 }).length / 1000,
        unit: 'kB',
      },
    ]
  }
  const figures = [
    ...(await measure('status page', '/', 100)),
    ...(await measure('status page, filtered', '/?state=trouble&search=zone-')),
    ...(await measure('job page', '/jobs/100007')),
    ...(await measure('exporter page', '/exporter')),
    ...(await measure('JSON, 100 jobs', '/api/v1/jobs')),
  ]
  await close(0)
  return figures
}
