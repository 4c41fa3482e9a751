import type { RunCommand } from '../cli/command-io.ts'
import type { CommandOf } from '../cli/command-line.ts'
import { exitCode } from '../errors.ts'
import { startSimulator } from '../simulator/server.ts'

export interface SimulateOptions {
  /** `host:port`; `:0` picks a free port on loopback. */
  readonly listen: string
  readonly seed: number
  /** Simulated seconds per real one. */
  readonly speed: number
  /** `demo`, `empty`, or `large[:<zones>,<zones with jobs>,<jobs per zone>]`. */
  readonly world: string
}

export interface SimulateIo {
  readonly stdout: (line: string) => void
  readonly signal: AbortSignal
}

export const run: RunCommand<CommandOf<'simulate'>> = async ({ listen, seed, speed, world }, io) => {
  const [{ host, port } = { host: '', port: 0 }] = listen
  await simulate({ listen: `${host}:${port}`, seed, speed, world }, io)
  return exitCode.done
}

/** Runs the simulated Cloudflare API until the signal aborts. */
export async function simulate(options: SimulateOptions, io: SimulateIo): Promise<void> {
  const { seed, speed, world } = options
  const { host, port } = address(options.listen)
  // What happens before it is said where things are waits until that is said.
  const early: string[] = []
  let tell = (line: string): void => void early.push(line)
  const simulator = await startSimulator({
    seed,
    speed,
    world,
    host,
    port,
    dateHeader: speed !== 1,
    onNews: ({ atMs, jobName, what }) => tell(`${new Date(atMs).toISOString()} ${jobName}: ${what}`),
  })
  const { origin, url, token } = simulator
  const jobs = simulator.world.jobs()
  io.stdout(
    `A simulated Cloudflare API: ${simulator.world.accounts().length} accounts, ${simulator.world.zones().length} zones, ${jobs.length} Logpush jobs.`,
  )
  io.stdout(`  --cloudflare.base-url=${url}`)
  io.stdout(`  CLOUDFLARE_API_TOKEN=${token}`)
  io.stdout(
    `What it knows and can be made to do: ${origin}/__sim/truth /__sim/jobs /__sim/faults /__sim/requests`,
  )
  tell = io.stdout
  early.forEach(tell)
  await aborted(io.signal)
  await simulator.close()
}

function address(listen: string): { readonly host: string; readonly port: number } {
  const at = listen.lastIndexOf(':')
  const host = listen.slice(0, Math.max(at, 0)).replace(/^\[(.*)\]$/, '$1')
  return { host: host === '' ? '127.0.0.1' : host, port: Number(listen.slice(at + 1)) }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
