import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { addressOf } from './modules.ts'

/** `looped`: it spent all the processor time it had; `late`: it had not ended in time, perhaps for want of a processor. */
export type Outcome = 'passed' | 'failed' | 'looped' | 'late'

export interface Ended {
  readonly outcome: Outcome
  readonly seconds: number
}

/** A busy machine makes a test late, but does not make it compute more. */
export interface Limits {
  readonly cpuSeconds: number
  readonly seconds: number
}

const running = new Set<ChildProcess>()

/** Ends every test that still runs, with all that it started. */
export function endAll(): void {
  for (const child of running) endGroup(child)
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended by itself, and nothing of it is left.
  }
}

/** The kernel counts the processor time of each process that is started here. */
const limited = 'ulimit -S -t "$1" && exec "$2" "$3"'

/** Runs one test file in a process of its own, which ends at its first failure or at one of its limits. */
export function runTest(
  file: string,
  env: Readonly<Record<string, string>>,
  { cpuSeconds, seconds }: Limits,
): Promise<Ended> {
  const started = performance.now()
  const command = [limited, 'sh', String(Math.ceil(cpuSeconds)), process.execPath, resolve(file)]
  const child = spawn('sh', ['-c', ...command], {
    detached: true,
    stdio: 'ignore',
    env: {
      ...process.env,
      NODE_OPTIONS: `--import ${addressOf('test/mutation/loader.mjs')}`,
      TAP_BAIL: '1',
      // The test must not fail for being late: that is told apart here.
      TAP_TIMEOUT: String(2 * seconds),
      ...env,
    },
  })
  running.add(child)
  let late = false
  const timer = setTimeout(() => {
    late = true
    endGroup(child)
  }, seconds * 1000)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      endGroup(child)
      running.delete(child)
      const ended = code === 0 ? 'passed' : signal === 'SIGXCPU' ? 'looped' : 'failed'
      resolve({ outcome: late ? 'late' : ended, seconds: (performance.now() - started) / 1000 })
    })
  })
}
