import { readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import type { CommandIo } from '../../src/cli/command-io.ts'
import { runCommandLine } from '../../src/cli/command-line.ts'
import { program } from '../../src/commands/program/program.ts'
import { ApiFailure, type ExitCode, exitCode, fileReason, UserError } from '../../src/errors.ts'

export interface ProvisionRun {
  readonly code: ExitCode
  readonly stdout: string
  /** Progress, complaints and logs, as they would stand on the terminal. */
  readonly stderr: string
}

export interface ProvisionSetting {
  readonly env?: Readonly<Record<string, string>>
  /** Whether there is a terminal, and what is answered on it. */
  readonly answer?: string | null
  readonly signal?: AbortSignal
}

/** Runs `provision` as the command line would, in this process; what is thrown becomes its exit code. */
export function runProvision(argv: readonly string[], setting: ProvisionSetting = {}): Promise<ProvisionRun> {
  return runProgram(['provision', ...argv], setting)
}

/** Any command as the command line would run it, in this process. */
export async function runProgram(
  argv: readonly string[],
  setting: ProvisionSetting = {},
): Promise<ProvisionRun> {
  const out: string[] = []
  const err: string[] = []
  const collect = (into: string[]) => {
    const stream = new PassThrough()
    stream.on('data', (chunk) => into.push(String(chunk)))
    return stream
  }
  const terminal = setting.answer !== undefined
  const io: CommandIo = {
    stdout: (line) => out.push(`${line}\n`),
    stderr: (line) => err.push(`${line}\n`),
    stdoutStream: collect(out),
    stderrStream: collect(err),
    terminal: { stdin: terminal, stdout: terminal, stderr: terminal },
    ask: async (question) => {
      err.push(question)
      return setting.answer ?? null
    },
    env: setting.env ?? {},
    readFile: (path) => {
      try {
        return { ok: true, text: readFileSync(path, 'utf8') }
      } catch (error) {
        return { ok: false, reason: fileReason(error) }
      }
    },
    signal: setting.signal ?? new AbortController().signal,
    onReload: () => () => {},
  }
  const code = await runCommandLine(program, argv, io).catch((error: unknown) => {
    if (!(error instanceof UserError || error instanceof ApiFailure)) throw error
    err.push(`logpush-exporter: ${error.message}\n`)
    return error instanceof UserError ? error.exitCode : exitCode.failure
  })
  return { code, stdout: out.join(''), stderr: err.join('') }
}
