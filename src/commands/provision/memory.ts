import { homedir } from 'node:os'
import { join } from 'node:path'
import type { CommandIo } from '../../cli/command-io.ts'
import type { ChallengeCache } from '../../ports/challenge-cache.ts'
import type { Clock, Log } from '../../ports/runtime.ts'
import type { WebhookRecords } from '../../ports/webhook-records.ts'
import { createChallengeCache, createMemoryChallengeCache } from '../../runtime/challenge-cache.ts'
import { createWebhookRecords } from '../../runtime/webhook-records.ts'
import { setting, type Table } from '../../settings/setting.ts'
import { orNone, someText } from '../../settings/setting-kinds.ts'

/*
 * What provisioning remembers between runs on one machine: ownership tokens, so that no challenge is
 * asked for twice, and hashes of webhook secrets, so that a changed one is seen.
 */

export const memoryOption = {
  cacheFolder: setting({
    flag: 'cache-folder',
    kind: orNone(someText('a path, or "off"', 'PATH')),
    only: 'flag',
    help:
      'Cache folder for ownership tokens, which are valid for 7 days, and keyed hashes of webhook secrets; only ' +
      'its owner can read it. Defaults to $XDG_CACHE_HOME/logpush-exporter or ~/.cache/logpush-exporter; "off" ' +
      'disables the cache.',
  }),
} satisfies Table

export interface Memory {
  readonly challenges: ChallengeCache
  readonly webhooks: WebhookRecords
  /** False when nothing outlives the run. */
  readonly lasting: boolean
}

export function openMemory(
  { cacheFolder }: { readonly cacheFolder: string | null },
  io: Pick<CommandIo, 'env'>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Memory {
  if (cacheFolder === 'off') {
    const webhooks: WebhookRecords = { load: async () => new Map(), save: async () => undefined }
    return { challenges: createMemoryChallengeCache(), webhooks, lasting: false }
  }
  const folder = cacheFolder ?? join(cacheHome(io.env), 'logpush-exporter')
  const { pid } = process
  return {
    challenges: createChallengeCache({ path: join(folder, 'challenges.json'), pid, clock, log }),
    webhooks: createWebhookRecords({ path: join(folder, 'webhooks.json'), pid, log }),
    lasting: true,
  }
}

function cacheHome(env: CommandIo['env']): string {
  const given = env.XDG_CACHE_HOME ?? ''
  return given === '' ? join(env.HOME ?? homedir(), '.cache') : given
}
