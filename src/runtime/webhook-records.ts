import { isObject } from '../domain/plain-value.ts'
import type { SentWebhook, WebhookRecords } from '../ports/webhook-records.ts'
import { createPrivateFile, type PrivateFileDeps } from './private-file.ts'

type Records = ReadonlyMap<string, SentWebhook>

/** The hashes in one small file. */
export function createWebhookRecords(deps: PrivateFileDeps): WebhookRecords {
  const file = createPrivateFile<Records>(deps, { empty: new Map(), decode, encode })
  return {
    load: () => file.read(),
    save: (address, record) => file.change((records) => new Map([...records, [address, record]])),
  }
}

function encode(records: Records): object {
  return { version: 1, webhooks: Object.fromEntries(records) }
}

function decode(value: unknown): Records | null {
  if (!isObject(value) || value.version !== 1 || !isObject(value.webhooks)) return null
  return new Map(
    Object.entries(value.webhooks).flatMap(([address, entry]): [string, SentWebhook][] => {
      if (!isObject(entry)) return []
      const { key, urlHash, secretHash } = entry
      if (typeof key !== 'string' || typeof urlHash !== 'string') return []
      if (secretHash !== null && typeof secretHash !== 'string') return []
      return [[address, { key, urlHash, secretHash }]]
    }),
  )
}
