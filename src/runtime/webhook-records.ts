import { isObject } from '../domain/plain-value.ts'
import type { SentWebhook, WebhookRecords } from '../ports/webhook-records.ts'
import { createPrivateFile, type PrivateFileDeps } from './private-file.ts'

export function createWebhookRecords(deps: PrivateFileDeps): WebhookRecords {
  const file = createPrivateFile<SentWebhook>(deps, { name: 'webhooks', decode, encode: (record) => record })
  return {
    load: () => file.read(),
    save: (address, record) => file.change((records) => new Map([...records, [address, record]])),
  }
}

function decode(value: unknown): SentWebhook | null {
  if (!isObject(value)) return null
  const { key, urlHash, secretHash } = value
  if (typeof key !== 'string' || typeof urlHash !== 'string') return null
  return secretHash === null || typeof secretHash === 'string' ? { key, urlHash, secretHash } : null
}
