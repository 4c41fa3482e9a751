import { PassThrough } from 'node:stream'
import type { CommandIo } from '../../src/cli/command-io.ts'
import { runCommandLine } from '../../src/cli/command-line.ts'
import { program } from '../../src/commands/program/program.ts'
import { ApiFailure, type ExitCode, exitCode, UserError } from '../../src/errors.ts'
import { readTextFile } from '../../src/runtime/text-file.ts'

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
  readonly onReload?: CommandIo['onReload']
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
  const { io, stdout, stderr } = collectingIo(setting)
  const code = await runCommandLine(program, argv, io).catch((error: unknown) => {
    if (!(error instanceof UserError || error instanceof ApiFailure)) throw error
    io.stderr(`logpush-exporter: ${error.message}`)
    return error instanceof UserError ? error.exitCode : exitCode.failure
  })
  return { code, stdout: stdout(), stderr: stderr() }
}

/** A process as a command sees it, and what it has written so far. */
export function collectingIo(setting: ProvisionSetting = {}) {
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
    readFile: readTextFile,
    signal: setting.signal ?? new AbortController().signal,
    onReload: setting.onReload ?? (() => () => {}),
  }
  return { io, stdout: () => out.join(''), stderr: () => err.join('') }
}
