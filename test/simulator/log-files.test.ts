import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { openFolderStore } from '../../src/simulator/store/folder-store.ts'
import { buildWorld, zoneScope } from '../../src/simulator/world/world-builder.ts'

const minute = 60_000
const startAt = Date.UTC(2026, 10, 28, 10)

async function simulated(t: { teardown(end: () => unknown): unknown }) {
  const folder = mkdtempSync(join(tmpdir(), 'log-files-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const world = buildWorld(7)
  const zone = zoneScope(world.zone('quay.example', world.account('Quay')))
  const job = world.job({ scope: zone, destinationConf: 's3://quay-logs/http/{DATE}?region=us-east-1' })
  const simulator: Simulator = await startSimulator({
    world: world.spec(),
    speed: 0,
    startAt,
    folder: await openFolderStore(folder),
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
  logFiles?.setFault(job, { kind: 'late', byMs: 5 * minute })
  await pass(4)
  t.equal(files().length, before, 'none yet')
  logFiles?.setFault(job, null)
  await pass(10)
  t.ok(files().length > before + 20)
})
