import { readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { CommandIo } from '../../src/cli/command-io.ts'
import { runCommandLine } from '../../src/cli/command-line.ts'
import { program } from '../../src/commands/program/program.ts'
import type { ExitCode } from '../../src/errors.ts'

export interface CheckRun {
  readonly code: ExitCode
  readonly lines: readonly string[]
  readonly log: string
}

/** Runs `check` as the command line would, in this process. Without a token, none is in the environment. */
export async function runCheck(
  baseUrl: string,
  token: string | null,
  argv: readonly string[] = [],
  edit: Partial<CommandIo> = {},
): Promise<CheckRun> {
  const lines: string[] = []
  const stderr = new PassThrough()
  const io: CommandIo = {
    stdout: (line) => lines.push(line),
    stderr: (line) => stderr.write(`${line}\n`),
    stdoutStream: new PassThrough(),
    stderrStream: stderr,
    terminal: { stdin: false, stdout: false, stderr: true },
    ask: async () => null,
    env: token === null ? {} : { CLOUDFLARE_API_TOKEN: token },
    readFile: (path) => {
      try {
        return { ok: true, text: readFileSync(path, 'utf8') }
      } catch {
        return { ok: false, reason: 'no such file' }
      }
    },
    signal: new AbortController().signal,
    onReload: () => () => {},
    ...edit,
  }
  try {
    const code = await runCommandLine(program, ['check', `--cloudflare.base-url=${baseUrl}`, ...argv], io)
    stderr.end()
    return { code, lines, log: await text(stderr) }
  } finally {
    stderr.end()
  }
}
