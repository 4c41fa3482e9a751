import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { accountScope, buildWorld, zoneScope } from '../../src/simulator/world/world-builder.ts'
import { type Front, startFront } from './api-front.ts'
import { type ExporterProcess, eventually, startExporter } from './exporter-process.ts'
import { type FaultRow, faultTable, type Phase, phases } from './fault-table.ts'
import { sampleValue, scrape } from './scrape.ts'
import { differences, expectedCounters } from './truth.ts'

/*
 * The fault matrix: the real program against each fault, from its start, while it is up to date, and while it
 * catches up after a pause, with an API that answers plainly or in another form from call to call.
 */

export interface FaultCell {
  readonly fault: FaultRow
  readonly phase: Phase
  readonly isContrary: boolean
}

export const allFaultCells: readonly FaultCell[] = faultTable.flatMap((fault) =>
  phases
    .filter((phase) => !fault.not.includes(phase))
    .flatMap((phase) => [false, true].map((isContrary) => ({ fault, phase, isContrary }))),
)

export const cellName = ({ fault, phase, isContrary }: FaultCell): string =>
  `${fault.name} / ${phase} / ${isContrary ? 'contrary' : 'plain'}`

export interface FaultFigures {
  /** The slowest answer of `/-/healthy` while the fault was there, in milliseconds. */
  readonly healthyMs: number
  /** The most resident memory, in MB; null where the system does not tell. */
  readonly rssMb: number | null
  readonly wrong: readonly string[]
}

/** How much longer everything takes on a machine that has more to do than it can; 1 on a quiet one. */
const crowding = (): number => Math.max(1, (loadavg()[0] ?? 0) / availableParallelism())
/** On a quiet machine it is a tenth. */
const maxHealthyMs = (): number => 1_000 * crowding()
const maxRssMb = 250
/** A zone whose answers are odd again and again is left out of a few polls. */
const restSeconds = 60
const minute = 60_000
const startAt = Date.parse('2026-11-24T06:00:00Z')
const plenty = { requests: 1_000_000, windowMs: 300_000 }

function world() {
  const build = buildWorld(29)
  const account = build.account('Quay')
  const traffic = { batchEveryMs: 10_000, recordsPerBatch: 500 }
  build.job({ name: 'audit', scope: accountScope(account), traffic })
  for (const name of ['a.example', 'b.example']) {
    const scope = zoneScope(build.zone(name, account))
    build.job({ name: `healthy ${name}`, scope, traffic })
    build.job({
      name: `losing ${name}`,
      scope,
      traffic,
      scenario: { kind: 'losing', share: 0.3, failure: 'server_error' },
    })
  }
  return build.spec({ ingestion: { fastestMs: 0, usualMs: 1_000, lateShare: 0, latestShare: 0 } })
}

/** What does not hold in one cell, with what was measured. */
export async function runFaultCell(cell: FaultCell): Promise<FaultFigures> {
  const ends: (() => Promise<void> | void)[] = []
  const scope = { teardown: (end: () => Promise<void>) => void ends.push(end) }
  const folder = mkdtempSync(join(tmpdir(), 'fault-'))
  ends.push(() => rmSync(folder, { recursive: true, force: true }))
  try {
    const simulator = await startSimulator({
      world: world(),
      startAt,
      speed: 0,
      dateHeader: true,
      rateLimits: { rest: plenty, graphql: plenty },
      contrary: cell.isContrary,
    })
    ends.push(() => simulator.close())
    const front = await startFront(cell.fault.front, simulator.origin, folder)
    ends.push(() => front.close())
    const start = (): Promise<ExporterProcess> => startExporter(scope, optionsFor(simulator, front, folder))
    return await judge(cell, { simulator, front, start })
  } finally {
    for (const end of ends.reverse()) await end()
  }
}

function optionsFor(simulator: Simulator, front: Front, folder: string) {
  // Slower than elsewhere: the contrary API narrows windows, and the budget must do for all the parts.
  const every = ['health=500ms', 'inventory=1s', 'discovery=3s'].map(
    (one) => `--${one.replace('=', '.poll-interval=')}`,
  )
  return {
    args: [
      `--cloudflare.base-url=${front.origin}/client/v4`,
      `--state.path=${join(folder, 'ledger.db')}`,
      '--cloudflare.budget-share=1',
      ...every,
    ],
    env: { CLOUDFLARE_API_TOKEN: simulator.token, ...front.env },
  }
}

interface Stage {
  readonly simulator: Simulator
  readonly front: Front
  readonly start: () => Promise<ExporterProcess>
}

async function judge(cell: FaultCell, { simulator, front, start }: Stage): Promise<FaultFigures> {
  const { fault, phase } = cell
  const patience = (fault.patienceSeconds + (cell.isContrary ? restSeconds : 0)) * crowding()
  const wrong: string[] = []
  let exporter: ExporterProcess | null = null
  if (phase !== 'start') {
    exporter = await start()
    await upToDate(exporter, simulator)
  }
  if (phase === 'catch-up' && exporter !== null) {
    exporter.signal('SIGTERM')
    const code = await exporter.ended
    if (code !== 0) wrong.push(`it ended with ${code}`)
    // Less than the 20 minutes that a contrary API keeps: what it has no more is a gap, declared and not counted.
    simulator.clock.advance(12 * minute)
    exporter = null
  }
  // Before the fault is there: what it shows at once, and only once, must not be taken for what was there.
  const linesBefore = exporter?.log.length ?? 0
  const before = exporter === null ? 0 : await shown(exporter, fault)
  await fault.begin({ simulator, front })
  const running = exporter ?? (await start())
  if (phase === 'steady') simulator.clock.advance(2 * minute)
  const { healthyMs, rssMb, isShown } = await watch(running, fault, before)
  if (!isShown) wrong.push(`no metric shows it: ${fault.shownBy.map((parts) => parts.join(' ')).join(', ')}`)
  if (healthyMs > maxHealthyMs()) wrong.push(`/-/healthy took ${Math.round(healthyMs)} ms`)
  if (rssMb !== null && rssMb > maxRssMb) wrong.push(`${rssMb} MB of memory`)
  wrong.push(...repeated(running.log.slice(linesBefore)))
  await fault.end({ simulator, front })
  // What is counted first is what lies within the lookback of the first read, so this must come before time moves.
  if (phase === 'start') await upToDate(running, simulator, patience)

  for (const job of simulator.world.jobs()) simulator.world.setScenario(job.id, { kind: 'idle' })
  simulator.clock.advance(3 * minute)
  const expected = expectedCounters(simulator, startAt - 15 * minute)
  let left: readonly string[] = ['nothing was asked']
  await eventually(
    async () => {
      left = differences(expected, await scrape(`${running.url}/metrics`))
      return left.length === 0 ? true : undefined
    },
    'all counts exact',
    patience,
  ).catch(() => undefined)
  wrong.push(...left.slice(0, 5))
  // A count that is only late is another matter than one that is lost.
  if (left.length > 0) {
    const readTo = await healthReadTo(running)
    wrong.push(`health data is ${Math.round((simulator.clock.now() - readTo) / 1000)} s old`)
  }
  running.signal('SIGTERM')
  const code = await running.ended
  if (code !== 0) wrong.push(`it ended with ${code}: ${running.log.at(-1)}`)
  return { healthyMs, rssMb, wrong }
}

function upToDate(exporter: ExporterProcess, simulator: Simulator, seconds = 60): Promise<true> {
  return eventually(
    async () => ((await healthReadTo(exporter)) >= simulator.clock.now() - minute ? true : undefined),
    'health data up to now',
    seconds,
  )
}

/** Up to when the health of the account and both zones is read, as epoch milliseconds; 0 where one was never read. */
async function healthReadTo(exporter: ExporterProcess): Promise<number> {
  const samples = await scrape(`${exporter.url}/metrics`)
  const readTo = ['', 'a.example', 'b.example'].map(
    (zone) =>
      sampleValue(samples, 'cloudflare_logpush_data_timestamp_seconds', { zone, source: 'health' }) ?? 0,
  )
  return Math.min(...readTo) * 1000
}

/** The sum of the metrics that show the fault. */
async function shown(exporter: ExporterProcess, { shownBy }: FaultRow): Promise<number> {
  const samples = await scrape(`${exporter.url}/metrics`)
  return samples
    .filter(({ name, labels }) =>
      shownBy.some(([metric, kind]) => name === metric && (kind === null || labels.kind === kind)),
    )
    .reduce((sum, { value }) => sum + value, 0)
}

/** A fault is watched for at least this long, and until a metric shows it. */
const watchMs = 800
const maxWatchMs = 50_000

async function watch(
  exporter: ExporterProcess,
  fault: FaultRow,
  before: number,
): Promise<{ readonly healthyMs: number; readonly rssMb: number | null; readonly isShown: boolean }> {
  const since = performance.now()
  let healthyMs = 0
  let rssMb: number | null = null
  for (;;) {
    const asked = performance.now()
    const { status } = await fetch(`${exporter.url}/-/healthy`)
    if (status !== 200) throw new Error(`/-/healthy answered ${status}`)
    healthyMs = Math.max(healthyMs, performance.now() - asked)
    rssMb = Math.max(rssMb ?? 0, residentMb(exporter.pid) ?? 0) || null
    const isShown = fault.shownBy.length === 0 || (await shown(exporter, fault)) > before
    const watched = performance.now() - since
    if ((isShown && watched > watchMs) || watched > maxWatchMs) return { healthyMs, rssMb, isShown }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function residentMb(pid: number): number | null {
  if (process.platform !== 'linux') return null
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return kb === undefined ? null : Math.round(Number(kb) / 1024)
}

/** Lines about a failure that came more than once, though nothing had changed. */
function repeated(log: readonly string[]): readonly string[] {
  const seen = new Map<string, number>()
  for (const line of log) {
    const { level, msg, kind, poller, job_id, account, zone, first } = JSON.parse(line)
    if (level !== 'warn' && level !== 'error') continue
    // One line is due for each odd object: `first` names them.
    const named = first === undefined ? undefined : JSON.stringify(first)
    const parts = [msg, kind, poller, job_id, account, zone, named]
    const key = parts.filter((part) => part !== undefined).join(' ')
    seen.set(key, (seen.get(key) ?? 0) + 1)
  }
  return [...seen].filter(([, count]) => count > 1).map(([key, count]) => `said ${count} times: ${key}`)
}

/** Runs cells, some at a time: most of a cell's time is waiting. */
export async function runFaultCells(
  cells: readonly FaultCell[],
  atOnce: number,
  tell: (cell: FaultCell, figures: FaultFigures) => void,
): Promise<void> {
  const queue = [...cells]
  const lane = async (): Promise<void> => {
    for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
      const figures = await runFaultCell(cell).catch((error: unknown) => ({
        healthyMs: 0,
        rssMb: null,
        wrong: [`it threw: ${String(error)}`],
      }))
      tell(cell, figures)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}
