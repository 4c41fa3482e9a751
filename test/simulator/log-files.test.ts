import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/server.ts'
import { openFolderStore } from '../../src/simulator/store/folder-store.ts'
import { buildWorld, type JobDraft, zoneScope } from '../../src/simulator/world/world-builder.ts'

const minute = 60_000
const startAt = Date.UTC(2026, 10, 28, 10)

async function simulated(
  t: { teardown(end: () => unknown): unknown },
  more: Partial<JobDraft> = {},
  options: SimulatorOptions = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'log-files-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const world = buildWorld(7)
  const zone = zoneScope(world.zone('quay.example', world.account('Quay')))
  const job = world.job({
    scope: zone,
    destinationConf: 's3://quay-logs/http/{DATE}?region=us-east-1',
    ...more,
  })
  const simulator: Simulator = await startSimulator({
    world: world.spec(),
    speed: 0,
    startAt,
    folder: await openFolderStore(folder),
    ...options,
  })
  t.teardown(simulator.close)
  const files = (): readonly string[] =>
    readdirSync(join(folder, 'quay-logs'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.log.gz'))
      .sort()
  const sizes = (): number =>
    files().reduce((sum, path) => sum + statSync(join(folder, 'quay-logs', path)).size, 0)
  const pass = async (minutes: number): Promise<void> => {
    simulator.clock.advance(minutes * minute)
    await simulator.idle()
  }
  return { simulator, job, folder, files, sizes, pass }
}

t.test('what is delivered lies in the store as files, byte for byte', async (t) => {
  const { simulator, job, folder, files, sizes, pass } = await simulated(t)
  await pass(20)
  const truth = simulator.world.truth({ fromMs: startAt }).jobs.get(job)
  t.equal(files().length, truth?.batches)
  t.equal(sizes(), truth?.compressedBytes)
  const [first = '', second = ''] = files()
  t.match(first, /^http\/20261128\/20261128T\d{6}Z_20261128T\d{6}Z_[0-9a-f]{8}\.log\.gz$/)
  t.equal(second.slice(14, 30), first.slice(31, 47), 'ranges follow each other')
  t.match(gunzipSync(readFileSync(join(folder, 'quay-logs', first))).toString(), /^\{"JobID":/)
})

t.test('files that a store loses, misplaces or shows late move no counter of Cloudflare', async (t) => {
  const { simulator, job, files, pass } = await simulated(t)
  const { logFiles, world } = simulator
  const delivered = (): number => world.truth({ fromMs: startAt }).jobs.get(job)?.batches ?? 0
  logFiles?.setFault(job, { kind: 'lost', every: 2 })
  await pass(10)
  t.equal(files().length, Math.ceil(delivered() / 2))
  logFiles?.setFault(job, { kind: 'elsewhere', path: 'htpp/{DATE}' })
  await pass(10)
  t.ok(files().some((path) => path.startsWith('htpp/20261128/')))
  const before = files().length
  logFiles?.setFault(job, { kind: 'late', byMs: 5 * minute, every: 1 })
  await pass(4)
  t.equal(files().length, before, 'none yet')
  logFiles?.setFault(job, null)
  await pass(10)
  t.ok(files().length > before + 20)
})

t.test('a fault can be part of the world, and the past be in the store when it begins', async (t) => {
  const storeFault = { fault: { kind: 'lost', every: 2 }, sinceMs: -10 * minute } as const
  const { simulator, job, files, pass } = await simulated(t, { storeFault }, { historyMs: 20 * minute })
  await pass(1)
  const delivered = (from: number): number =>
    simulator.world.truth({ fromMs: from }).jobs.get(job)?.batches ?? 0
  const before = delivered(startAt - 20 * minute) - delivered(startAt - 10 * minute)
  const lost = delivered(startAt - 20 * minute) - files().length
  t.ok(before > 5)
  t.ok(Math.abs(lost - delivered(startAt - 10 * minute) / 2) <= 1, `${lost} files`)
})

t.test('a file takes the room of what is written in it, whatever its size', async (t) => {
  const traffic = { recordsPerBatch: 1_000_000, bytesPerRecord: 1_000 }
  const { folder, files, sizes, pass } = await simulated(t, { traffic })
  await pass(2)
  t.ok(sizes() > 100_000_000, `${sizes()} bytes`)
  const taken = files().reduce((sum, path) => sum + statSync(join(folder, 'quay-logs', path)).blocks * 512, 0)
  t.ok(taken <= files().length * 8_192, `${taken} bytes on the disk`)
})

t.test('files that cannot be written are told once, and when they can be again', async (t) => {
  const told: string[] = []
  let broken = true
  const written: string[] = []
  const logStore = {
    async put(_bucket: string, key: string) {
      if (broken) throw new Error('no space left on device')
      written.push(key)
    },
  }
  const { pass } = await simulated(t, {}, { logStore, onTrouble: (text) => told.push(text) })
  await pass(2)
  await pass(2)
  t.same(told, ['cannot write log files: no space left on device'])
  broken = false
  await pass(2)
  t.same(told.slice(1), ['log files can be written again'])
  t.ok(written.length > 0, 'the next ones are written')
})
