import type { WebhookRecord } from '../resource/webhook-record.ts'

export interface PlanOptions {
  /** Names of the only objects to deal with; empty is all. */
  readonly targets: readonly string[]
  /** What was sent last, by address key of the webhook. */
  readonly webhookRecords: ReadonlyMap<string, WebhookRecord>
  /** Names of webhooks whose secret is to be sent again. */
  readonly rotate: readonly string[]
}

export const planEverything: PlanOptions = { targets: [], webhookRecords: new Map(), rotate: [] }
