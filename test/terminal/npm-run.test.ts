import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { eventually } from '../support/exporter-process.ts'

/* `npm run demo` in a terminal, and what is left of it when npm is killed. */

t.setTimeout(240_000)

interface Process {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

function processes(): readonly Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent), command }]
      } catch {
        return []
      }
    })
}

function below(pid: number): readonly Process[] {
  const all = processes()
  const under = (parent: number): readonly Process[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...under(one.pid)])
  return under(pid)
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const) {
  t.test(`npm run demo leaves no process 5 s after ${signal}`, async (t) => {
    const terminal = spawn('script', ['-qec', 'npm run demo -- --listen=127.0.0.1:0', '/dev/null'], {
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const ended = once(terminal, 'exit')
    let output = ''
    terminal.stdout.on('data', (part: Buffer) => {
      output += part.toString('utf8')
    })
    let started: readonly Process[] = []
    t.teardown(async () => {
      for (const { pid, command } of processes())
        if (started.some((one) => one.pid === pid && one.command === command)) process.kill(pid, 'SIGKILL')
      terminal.kill('SIGKILL')
      await ended
    })
    await eventually(
      async () => (output.includes('Press Ctrl-C to stop.') ? true : undefined),
      'the demo has started',
      60,
    )
    started = below(terminal.pid ?? 0)
    const npm = started.find(({ command }) => command.startsWith('npm'))
    t.ok(npm, 'npm runs')
    t.ok(
      started.find(({ command }) => command.includes('dist/main.js demo')),
      'the demo runs',
    )
    process.kill(npm?.pid ?? 0, signal)
    const left = () =>
      processes().filter(({ pid, command }) =>
        started.some((one) => one.pid === pid && one.command === command),
      )
    await eventually(async () => (left().length === 0 ? true : undefined), 'all have ended', 5).catch(
      () => {},
    )
    t.strictSame(left(), [])
  })
}
