import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A real exporter process: the built bundle, on a free port of loopback. */
export interface ExporterProcess {
  /** Up to the port, e.g. `http://127.0.0.1:40123`. */
  readonly url: string
  readonly pid: number
  /** All lines of its log so far. */
  readonly log: readonly string[]
  /** Resolves to the exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
  signal(name: NodeJS.Signals): void
}

export interface ExporterProcessOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const bundle = new URL('../../dist/main.js', import.meta.url).pathname

/** Starts it and waits until it listens. Throws with its log when it ends before. */
export async function startExporter(
  t: { teardown(end: () => Promise<void>): unknown },
  { args = [], env = {} }: ExporterProcessOptions,
): Promise<ExporterProcess> {
  const child: ChildProcess = spawn(
    process.execPath,
    [bundle, 'serve', '--web.listen-address=127.0.0.1:0', '--log.format=json', ...args],
    // Nothing of the test's own environment: no coverage, no loader, no stray settings.
    { env: { PATH: process.env.PATH ?? '', ...env }, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const log: string[] = []
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string)
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const listening = new Promise<string>((resolve) => {
    if (child.stderr === null) return
    createInterface({ input: child.stderr }).on('line', (line) => {
      log.push(line)
      const address = /"address":"([^"]+)"/.exec(line)?.[1]
      if (address !== undefined) resolve(`http://${address}`)
    })
  })
  const url = await Promise.race([
    listening,
    ended.then((code) => {
      throw new Error(`the exporter ended with ${code}:\n${log.join('\n')}`)
    }),
  ])
  return { url, pid: child.pid ?? 0, log, ended, signal: (name) => child.kill(name) }
}

/** Asks until the answer is right; there is no event to wait for across processes. Fails after `seconds`. */
export async function eventually<T>(
  ask: () => Promise<T | undefined>,
  what: string,
  seconds = 30,
): Promise<T> {
  const end = performance.now() + seconds * 1000
  for (;;) {
    const answer = await ask().catch(() => undefined)
    if (answer !== undefined) return answer
    if (performance.now() > end) throw new Error(`${what}: not within ${seconds} s`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
