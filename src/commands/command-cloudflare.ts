import type { CommandIo } from '../cli/command-io.ts'
import type { ProgramLog } from '../log/log.ts'
import type { Clock } from '../ports/runtime.ts'
import { createSystemClock } from '../runtime/system-clock.ts'
import { openTokenSource } from '../runtime/token-source.ts'
import type { ApiCommandSettings } from '../settings/exporter-settings.ts'
import { type Cloudflare, type CloudflareDeps, openCloudflare } from './cloudflare.ts'
import { openLog } from './command-log.ts'

export interface CommandCloudflare extends Cloudflare {
  readonly clock: Clock
  /** Never shows the token. */
  readonly log: ProgramLog
}

/**
 * Cloudflare as a command that ends by itself needs it.
 * @throws UserError when there is no API token, or its file cannot be read.
 */
export async function openForCommand(
  settings: ApiCommandSettings,
  io: CommandIo,
  how: Pick<CloudflareDeps, 'reads' | 'observe'>,
): Promise<CommandCloudflare> {
  const clock = createSystemClock()
  const token = await openTokenSource(settings, { clock })
  const secrets = () => [token.latest()].filter((secret) => secret !== null)
  const log = await openLog(settings, io, clock, secrets)
  const cloudflare = openCloudflare(settings, {
    token,
    clock,
    random: Math.random,
    log,
    env: io.env,
    stop: io.signal,
    mayBurst: true,
    onWait: (reason) => log.info({ reason }, 'waiting for Cloudflare'),
    ...how,
  })
  return { ...cloudflare, clock, log }
}
