import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ArrivalRule } from '../../src/domain/arrival/arrival-rule.ts'
import { dateOf, stampOf } from '../../src/domain/arrival/file-name.ts'
import { noCounts } from '../../src/domain/ledger/job-totals.ts'
import { beginLedger, type MinuteCounts } from '../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../src/domain/scope.ts'
import { minuteOf } from '../../src/domain/time.ts'
import { createArrivalMemory } from '../../src/exporter/arrival/arrival-memory.ts'
import { createArrivalPoll } from '../../src/exporter/arrival/arrival-poll.ts'
import { createArrivalReaders } from '../../src/exporter/arrival/arrival-readers.ts'
import { createSelfState } from '../../src/exporter/state/self-state.ts'
import { createState } from '../../src/exporter/state/state.ts'
import { createObjectLister } from '../../src/objectstore/object-lister.ts'
import type { ListedObject, ObjectLister } from '../../src/ports/object-lister.ts'
import { defer } from '../../src/runtime/defer.ts'
import { createSystemClock } from '../../src/runtime/system-clock.ts'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import { quayLogs } from '../support/arrival-core.ts'
import { zone } from '../support/exporter-core.ts'
import { createFakeCounter } from '../support/fake-counter.ts'
import { logSink } from '../support/log-sink.ts'
import { aSummary } from '../support/status-world.ts'
import type { ArrivalMeasures } from './arrival-costs.ts'
import type { Figure } from './figures.ts'

const jobs = 1_000
const fileEveryMs = 28_800
const minute = 60_000
const startAt = Date.UTC(2026, 10, 28, 10)
/** The late window is full after an hour, and the looks for late files come every ten minutes. */
const minutes = 75

/** The same in all buckets, and made once: the store's own work is not to be measured. */
const keys = new Map<number, string>()
function keyOf(index: number): string {
  const known = keys.get(index)
  if (known !== undefined) return known
  const [start, end] = [index * fileEveryMs, (index + 1) * fileEveryMs]
  const name = `${stampOf(start)}_${stampOf(end)}_${(index % 0x1_0000_0000).toString(16)}.log.gz`
  const key = `${dateOf(start)}/${name}`
  keys.set(index, key)
  return key
}

/** Buckets in which a file of half a minute has been written every 28.8 s for ever: 3,000 a day. */
function endlessStore(now: () => number): ObjectLister & { calls: number; listed: number } {
  const store = {
    calls: 0,
    listed: 0,
    async list({ place, after }: { readonly place: { readonly path: string }; readonly after: string }) {
      const folder = place.path.replace('/{DATE}', '')
      const stamp = after.slice(after.lastIndexOf('/') + 1)
      const from = Date.parse(stamp.replace(/^(....)(..)(..)T(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z'))
      const objects: ListedObject[] = []
      for (let index = Math.ceil(from / fileEveryMs); (index + 1) * fileEveryMs <= now(); index += 1) {
        const end = (index + 1) * fileEveryMs
        objects.push({ key: `${folder}/${keyOf(index)}`, bytes: 1_000_000, written: end })
      }
      store.calls += 1
      store.listed += objects.length
      return { objects, cursor: null, sought: true }
    },
    close() {},
  }
  return store
}

/** 1,000 jobs with 3,000 files a day each, looked at every minute, on a clock that is moved on. */
export async function measureArrival(): Promise<ArrivalMeasures & { readonly filesInAnswer: number }> {
  let now = startAt
  const clock = { now: () => now, monotonic: () => now - startAt, sleep: async () => {} }
  const lister = endlessStore(clock.now)
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const path = join(folder, 'ledger.db')
  const store = await openSqliteStore({
    path,
    clock: createSystemClock(),
    random: Math.random,
    defer,
    reports: { trouble() {}, replaced() {}, damagedRecords() {} },
  })
  const state = createState()
  const scope = zone('quay.example')
  const key = scopeKey(scope)
  state.setScopes([scope])
  const ids = Array.from({ length: jobs }, (_, index) => String(410_000 + index))
  const summaries = ids.map((id) =>
    aSummary(id, now, {
      place: { store: 's3', bucket: 'quay-logs', path: `job-${id}/{DATE}`, region: null, endpoint: null },
    }),
  )
  state.jobsListed(key, summaries, now)
  const rule: ArrivalRule = {
    match: {},
    read: { kind: 's3' },
    intervalMs: minute,
    tolerance: 0.98,
    lateWindowMs: 60 * minute,
  }
  const log = logSink()
  const readers = createArrivalReaders({ lister: () => lister, counter: createFakeCounter })
  globalThis.gc?.()
  const heapBefore = process.memoryUsage().heapUsed
  const memory = createArrivalMemory(store, log)
  const poll = createArrivalPoll({
    state,
    self: createSelfState([]),
    memory,
    server: clock,
    clock,
    log,
    rules: () => [rule],
    readers,
  })
  const before = beginLedger(minuteOf(now))
  const used: number[] = []
  let calls = 0
  for (let turn = 0; turn <= minutes; turn += 1) {
    const counts = { ...noCounts, uploads: 2, compressedBytes: 2_000_000 }
    const added = ids.map(
      (jobId): MinuteCounts => ({ minute: minuteOf(now), jobId, final: true, success: true, counts }),
    )
    poll.pushed(key, before, added)
    const start = process.cpuUsage()
    await poll.cycle(new AbortController().signal)
    const { user, system } = process.cpuUsage(start)
    // The first look is the baseline, and the window is full after an hour; ten minutes hold one look for late files.
    if (turn === 0) calls = lister.calls
    if (turn > minutes - 11) used.push((user + system) / 1_000)
    now += minute
  }
  globalThis.gc?.()
  const heap = process.memoryUsage().heapUsed - heapBefore
  await store.close()
  const size = statSync(path).size
  rmSync(folder, { recursive: true, force: true })
  const perDay = ((lister.calls - calls) / jobs / minutes) * 1_440
  const mean = used.reduce((sum, ms) => sum + ms, 0) / used.length
  return {
    places: jobs,
    filesADay: (1_440 * minute) / fileEveryMs,
    callsADay: perDay,
    filesInAnswer: lister.listed / lister.calls,
    looksMs: mean,
    clientMs: await s3CallMs(),
    heapMb: heap / 1e6,
    ledgerMb: size / 1e6,
  }
}

export function arrivalFigures(measured: Awaited<ReturnType<typeof measureArrival>>): readonly Figure[] {
  return [
    {
      what: 'arrival, 1,000 jobs of 3,000 files a day: list calls per job and day',
      value: measured.callsADay,
      unit: 'calls',
      bar: { most: 1_440, why: 'one a minute' },
    },
    { what: '… files in one answer', value: measured.filesInAnswer, unit: 'files' },
    {
      what: '… CPU for all looks of a minute, without the store client',
      value: measured.looksMs,
      unit: 'ms',
    },
    { what: '… heap, both sides of four hours included', value: measured.heapMb, unit: 'MB' },
    { what: '… ledger on the disk', value: measured.ledgerMb, unit: 'MB' },
    { what: '… CPU of one list call through the S3 client', value: measured.clientMs, unit: 'ms' },
  ]
}

/** A page of 23 files through the real client, from a server in this process that costs next to nothing. */
async function s3CallMs(): Promise<number> {
  const contents = Array.from({ length: 23 }, (_, index) => {
    const start = startAt + index * fileEveryMs
    const name = `${stampOf(start)}_${stampOf(start + fileEveryMs)}_a1b2c3d4.log.gz`
    return `<Contents><Key>http/${dateOf(start)}/${name}</Key><LastModified>2026-11-28T10:00:00.000Z</LastModified><Size>1000000</Size></Contents>`
  })
  const body = `<?xml version="1.0"?><ListBucketResult><Name>quay-logs</Name><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/xml' })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' })
  const lister = createObjectLister({ kind: 's3', endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1' })
  const request = {
    place: quayLogs,
    prefix: 'http/',
    after: 'http/2',
    until: 'http/3',
    flat: false,
    cursor: null,
  }
  const call = () => lister.list(request, { signal: new AbortController().signal })
  for (let index = 0; index < 200; index += 1) await call()
  const start = process.cpuUsage()
  const rounds = 1_000
  for (let index = 0; index < rounds; index += 1) await call()
  const { user, system } = process.cpuUsage(start)
  lister.close()
  server.close()
  return (user + system) / 1_000 / rounds
}
