import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { startFleet } from './fleet.ts'

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export interface PlannedFleet {
  readonly code: unknown
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
  /** When stderr first said something. */
  readonly firstLineSeconds: number
  readonly requests: ReadonlyMap<string, number>
  readonly peakMb: number
}

/** The plan of the built program over a fleet with nothing to change, against the limits of the real API. */
export async function plannedFleet(zones: number): Promise<PlannedFleet> {
  const { sim, path, env } = await startFleet(zones)
  const begun = performance.now()
  const since = () => (performance.now() - begun) / 1000
  const child = spawn(process.execPath, [main, 'provision', 'plan', '-f', path, '--detailed-exitcode'], {
    env: { PATH: process.env.PATH, ...env },
  })
  let stdout = ''
  let stderr = ''
  let firstLineSeconds = Number.POSITIVE_INFINITY
  let peakMb = 0
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    firstLineSeconds = Math.min(firstLineSeconds, since())
    stderr += String(chunk)
  })
  const watch = setInterval(() => {
    const status = child.pid === undefined ? '' : statusOf(child.pid)
    peakMb = Math.max(peakMb, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1000)
  }, 50)
  const code = await new Promise((resolve) => child.on('close', resolve))
  clearInterval(watch)
  const seconds = since()
  const requests = sim.requests.counts()
  await sim.close()
  rmSync(dirname(path), { recursive: true, force: true })
  return { code, stdout, stderr, seconds, firstLineSeconds, requests, peakMb }
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
