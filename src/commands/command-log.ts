import type { CommandIo } from '../cli/command-io.ts'
import type { Secret } from '../domain/secret.ts'
import { createLog, type LogLevel, type ProgramLog } from '../log/log.ts'
import type { Clock } from '../ports/runtime.ts'
import type { LogSettings } from '../settings/log-settings.ts'

/** The log of a command, on stderr; none of `secrets` ever stands in it. */
export function openLog(
  { logLevel, logFormat }: Pick<LogSettings, 'logFormat'> & { readonly logLevel: LogLevel },
  io: Pick<CommandIo, 'stderrStream' | 'terminal'>,
  clock: Pick<Clock, 'now'>,
  secrets: () => readonly Secret[] = () => [],
): Promise<ProgramLog> {
  const { stderrStream: destination, terminal } = io
  const to = { destination, terminal: terminal.stderr, clock, secrets }
  return createLog({ level: logLevel, format: logFormat, ...to })
}
