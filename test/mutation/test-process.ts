import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { addressOf } from './modules.ts'

export type Outcome = 'passed' | 'failed' | 'timeout'

export interface Ended {
  readonly outcome: Outcome
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

/** Runs one test file in a process of its own, which ends at its first failure or after `limitSeconds`. */
export function runTest(
  file: string,
  env: Readonly<Record<string, string>>,
  limitSeconds: number,
): Promise<Ended> {
  const started = performance.now()
  const child = spawn(process.execPath, [resolve(file)], {
    detached: true,
    stdio: 'ignore',
    env: {
      ...process.env,
      NODE_OPTIONS: `--import ${addressOf('test/mutation/loader.mjs')}`,
      TAP_BAIL: '1',
      TAP_TIMEOUT: String(limitSeconds),
      ...env,
    },
  })
  running.add(child)
  let late = false
  const timer = setTimeout(() => {
    late = true
    endGroup(child)
  }, limitSeconds * 1000)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(timer)
      endGroup(child)
      running.delete(child)
      const outcome = late ? 'timeout' : code === 0 ? 'passed' : 'failed'
      resolve({ outcome, seconds: (performance.now() - started) / 1000 })
    })
  })
}
