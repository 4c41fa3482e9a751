/** Keyed hashes of what was last sent for a webhook, since neither its secret nor always its address can be read back. */
export interface SentWebhook {
  /** Random, hexadecimal. */
  readonly key: string
  readonly urlHash: string
  /** Null when no secret was sent. */
  readonly secretHash: string | null
}

/** What was last sent, by address of the webhook. Losing it only means that a changed secret is not seen. */
export interface WebhookRecords {
  load(): Promise<ReadonlyMap<string, SentWebhook>>
  save(address: string, record: SentWebhook): Promise<void>
}
