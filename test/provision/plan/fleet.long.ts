import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { startFleet } from '../../support/fleet.ts'

/*
 * A plan of the built program over a fleet with nothing to change, against the limits of the real API. 200 zones fit
 * into the share of the budget at once; 1,000 do not, and wait for it, which the progress says.
 */

const main = fileURLToPath(new URL('../../../dist/main.js', import.meta.url))

async function planned(zones: number) {
  const { sim, path, env } = await startFleet(zones)
  const begun = performance.now()
  const child = spawn(process.execPath, [main, 'provision', 'plan', '-f', path, '--detailed-exitcode'], {
    env: { PATH: process.env.PATH, ...env },
  })
  let stdout = ''
  let stderr = ''
  let firstLine = Number.POSITIVE_INFINITY
  let peakMb = 0
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    firstLine = Math.min(firstLine, (performance.now() - begun) / 1000)
    stderr += String(chunk)
  })
  const watch = setInterval(() => {
    const status = child.pid === undefined ? '' : statusOf(child.pid)
    peakMb = Math.max(peakMb, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024)
  }, 100)
  const code = await new Promise((resolve) => child.on('close', resolve))
  clearInterval(watch)
  const seconds = (performance.now() - begun) / 1000
  const requests = sim.requests.count()
  await sim.close()
  rmSync(dirname(path), { recursive: true, force: true })
  return { code, stdout, stderr, firstLine, peakMb, seconds, requests }
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}

const round = (value: number): number => Math.round(value * 10) / 10

t.test('200 zones, 600 jobs: below 30 s', async (t) => {
  const run = await planned(200)
  t.comment(
    `${round(run.seconds)} s, ${run.requests} requests, ${round(run.peakMb)} MB, first line at ${round(run.firstLine)} s`,
  )
  t.match(run, {
    code: 0,
    stdout: /No changes: 600 objects up to date/,
    stderr: /^Reading jobs: 200 scopes\n|^Listing zones/,
  })
  t.ok(run.seconds < 30, `${run.seconds} s`)
  t.equal(run.requests, 200 + 5)
})

t.test('1,000 zones, 3,000 jobs: at the pace of the budget, and it says how long', async (t) => {
  const run = await planned(1_000)
  t.comment(
    `${round(run.seconds)} s, ${run.requests} requests, ${round(run.peakMb)} MB, first line at ${round(run.firstLine)} s`,
  )
  t.match(run, { code: 0, stdout: /No changes: 3000 objects up to date/ })
  t.match(run.stderr, /Reading jobs: \d+ of 1000 scopes, about \d+ s left/)
  t.equal(run.requests, 1_000 + 21)
  // 600 go out at once and count for 300 s. Of what is free then the program takes its share of what the API says is
  // left, which counts our own 600 against us: 300 at once, and 121 at 2 a second.
  t.ok(run.seconds < 390, `${run.seconds} s`)
})
