import type { CommandIo } from '../cli/command-io.ts'
import { createLog, type ProgramLog } from '../log/log.ts'
import type { Clock } from '../ports/runtime.ts'
import { openTokenSource, type TokenSource } from '../runtime/token-source.ts'
import type { ApiCommandSettings } from '../settings/exporter-settings.ts'

/**
 * What a command that ends by itself needs first: the API token, and a log that never shows it.
 * @throws UserError when there is no API token, or its file cannot be read.
 */
export async function openTokenAndLog(
  settings: ApiCommandSettings,
  io: CommandIo,
  clock: Clock,
): Promise<{ readonly token: TokenSource; readonly log: ProgramLog }> {
  const token = await openTokenSource(settings, { clock })
  const log = await createLog({
    level: settings.logLevel,
    format: settings.logFormat,
    destination: io.stderrStream,
    terminal: io.terminal.stderr,
    clock,
    secrets: () => [token.latest()].filter((secret) => secret !== null),
  })
  return { token, log }
}
