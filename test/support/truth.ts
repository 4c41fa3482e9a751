import type { Simulator } from '../../src/simulator/server.ts'
import { type ScrapedSample, sampleValue } from './scrape.ts'

/** What the simulator says should have been counted from an instant on, as metric name and labels → value. */
export function expectedCounters(simulator: Simulator, fromMs: number): ReadonlyMap<string, number> {
  const expected = new Map<string, number>()
  for (const [id, truth] of simulator.world.truth({ fromMs }).jobs) {
    if (truth.deletedAtMs !== null) continue
    const put = (metric: string, value: number, labels: Readonly<Record<string, string>> = {}): void => {
      expected.set(JSON.stringify([`cloudflare_logpush_${metric}`, { job_id: String(id), ...labels }]), value)
    }
    put('uploads_total', truth.uploads)
    put('upload_retries_total', truth.retries)
    put('batches_total', truth.batches)
    put('batches_failed_total', truth.lostBatches)
    put('records_total', truth.records)
    put('bytes_total', truth.bytes)
    put('compressed_bytes_total', truth.compressedBytes)
    put('records_lost_total', truth.lostRecords)
    put('bytes_lost_total', truth.lostBytes)
    const responses = new Map<string, number>()
    for (const { status, destinationType, uploads } of truth.responses) {
      const key = `${status} ${destinationType}`
      responses.set(key, (responses.get(key) ?? 0) + uploads)
    }
    for (const [key, uploads] of responses) {
      const [status = '', type = ''] = key.split(' ')
      put('upload_responses_total', uploads, { status, destination_type: type })
    }
  }
  return expected
}

/** Every counter that differs from what it should be, as text; empty when all are exact. */
export function differences(
  expected: ReadonlyMap<string, number>,
  samples: readonly ScrapedSample[],
): readonly string[] {
  return [...expected].flatMap(([key, value]) => {
    const [name, labels] = JSON.parse(key) as [string, Record<string, string>]
    const found = sampleValue(samples, name, labels)
    return found === value ? [] : [`${name} ${JSON.stringify(labels)}: ${found} instead of ${value}`]
  })
}

/** Counters that are lower than in an earlier scrape, though their series still exist. */
export function wentDown(
  before: readonly ScrapedSample[],
  after: readonly ScrapedSample[],
): readonly string[] {
  const counters = (samples: readonly ScrapedSample[]) =>
    new Map(
      samples
        .filter(
          ({ name }) =>
            name.startsWith('cloudflare_logpush_') && !name.includes('_exporter_') && name.endsWith('_total'),
        )
        .map(({ name, labels, value }) => [`${name}${JSON.stringify(labels)}`, value]),
    )
  const now = counters(after)
  return [...counters(before)].flatMap(([key, value]) => {
    const later = now.get(key)
    return later !== undefined && later < value ? [`${key}: ${value} → ${later}`] : []
  })
}
