import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { eventually } from './exporter-process.ts'

/** What came of a command; the output is that of both streams. */
export interface Typed {
  readonly code: number
  readonly output: string
}

/** One bash that runs commands one after another, as a person types them: exports and `cd` last. */
export interface ShellSession {
  /** Runs one command to its end. */
  run(command: string): Promise<Typed>
  /** Starts one that stays, and waits until what it has written matches. It ends with the session. */
  keep(command: string, until: RegExp): Promise<string>
  close(): Promise<void>
}

export interface SessionOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** For what the commands are and what they write; one for each session. */
  readonly folder: string
}

export function openShell({ cwd, env, folder }: SessionOptions): ShellSession {
  // A process group of its own, so that nothing the commands start outlives the session.
  const child = spawn('bash', ['--noprofile', '--norc'], {
    cwd,
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const waiting = new Map<number, (code: number) => void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [number, code] = line.split(' ').map(Number)
    waiting.get(number ?? -1)?.(code ?? -1)
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.stdin.write('set -o pipefail\n')
  let count = 0
  let open = true
  /** Hands a command over in a file, so that bash reads it exactly as it is printed. */
  function start(command: string, after: string) {
    const number = count++
    const [script, output] = [join(folder, `${number}.sh`), join(folder, `${number}.out`)]
    writeFileSync(script, `${command}\n`)
    writeFileSync(output, '')
    const done = Promise.race([
      new Promise<number>((resolve) => waiting.set(number, resolve)),
      ended.then(() => -1),
    ])
    child.stdin.write(
      `. '${script}' > '${output}' 2>&1 < /dev/null ${after.replace('NUMBER', `${number}`)}\n`,
    )
    return { done, written: () => readFileSync(output, 'utf8') }
  }
  return {
    async run(command) {
      const { done, written } = start(command, '; echo "NUMBER $?"')
      return { code: await done, output: written() }
    },
    async keep(command, until) {
      const { written } = start(command, '&')
      await eventually(async () => until.test(written()) || undefined, `${command}: ${until}`, 60).catch(
        (error: unknown) => {
          throw new Error(`${String(error)}\n${written()}`)
        },
      )
      return written()
    },
    async close() {
      if (open && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      open = false
      await ended
    },
  }
}
