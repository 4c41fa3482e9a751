import { createHmac } from 'node:crypto'
import type { Secret } from '../../domain/secret.ts'

/*
 * A webhook's secret cannot be read back, and for some services the address cannot either. So that a change
 * is seen all the same, a keyed hash of what was sent last is kept. Each record has a random key of its own.
 */

export interface WebhookRecord {
  /** Random, hexadecimal. */
  readonly key: string
  readonly urlHash: string
  /** Null when no secret was sent. */
  readonly secretHash: string | null
}

/** The record of what was sent; `key` is new random text, or that of the last record. */
export function webhookRecord(
  sent: { readonly url: Secret; readonly secret: Secret | null },
  key: string,
): WebhookRecord {
  return { key, urlHash: hash(sent.url, key), secretHash: sent.secret && hash(sent.secret, key) }
}

function hash(secret: Secret, key: string): string {
  return createHmac('sha256', key).update(secret.reveal()).digest('hex')
}

export function isUrlOfRecord(record: WebhookRecord, url: Secret): boolean {
  return hash(url, record.key) === record.urlHash
}

export function isSecretOfRecord(record: WebhookRecord, secret: Secret | null): boolean {
  return (secret && hash(secret, record.key)) === record.secretHash
}
