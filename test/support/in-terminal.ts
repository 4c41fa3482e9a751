import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { type Screen, screenOf } from './terminal-screen.ts'

/** The Node that runs the tests, and those that LOGPUSH_TEST_NODES lists like PATH: each runs the bundle. */
export const nodes: readonly string[] = [
  process.execPath,
  ...(process.env.LOGPUSH_TEST_NODES ?? '').split(delimiter).filter((path) => path !== ''),
]

const bundle = new URL('../../dist/main.js', import.meta.url).pathname

export interface Sitting {
  /** Arguments of the program. */
  readonly args: readonly string[]
  /** Columns of the terminal; 0: it does not know. */
  readonly columns: number
  readonly node?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** What is typed, each once when the text before it is on the screen. */
  readonly typed?: readonly { readonly after: string; readonly keys: string }[]
}

export interface Seen extends Screen {
  /** Exit code. */
  readonly code: number
  /** What stands on the screen at the end, as a person would read it, scrolled back to the start. */
  readonly text: string
  /** Every byte that was sent, colours included. */
  readonly raw: string
}

/** A program that hangs is killed then. */
const patienceMs = 120_000

/** Ctrl-C and Ctrl-D as a terminal gets them. */
export const ctrlC = '\u0003'
export const ctrlD = '\u0004'

/**
 * Runs the built program in a pseudo-terminal of util-linux' `script`, as a person would sit before it, until it
 * ends. Standard input, output and error are all that terminal.
 */
export async function inTerminal({ args, columns, node, env, cwd, typed }: Sitting): Promise<Seen> {
  if (!existsSync(bundle)) throw new Error('dist/main.js is missing: npm run build')
  const command = [node ?? process.execPath, bundle, ...args].map(quoted).join(' ')
  const child = spawn('script', ['-qec', `stty rows 24 cols ${columns}; exec ${command}`, '/dev/null'], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      TERM: 'xterm-256color',
      SHELL: '/bin/sh',
      ...env,
    },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let raw = ''
  const open = [...(typed ?? [])]
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    raw += chunk
    const [next] = open
    if (next === undefined || !raw.includes(next.after)) return
    open.shift()
    child.stdin.write(next.keys)
  })
  const deadline = setTimeout(() => killBelow(child.pid ?? 0), patienceMs)
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (ended) => resolve(ended ?? -1))
  })
  clearTimeout(deadline)
  const screen = screenOf(raw, columns)
  return { code, ...screen, text: screen.lines.join('\n'), raw }
}

/** Kills what runs in the terminal: without it, `script` ends by itself, with 137. */
function killBelow(pid: number): void {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  for (const child of children.split(' ')) if (child !== '') process.kill(Number(child), 'SIGKILL')
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
