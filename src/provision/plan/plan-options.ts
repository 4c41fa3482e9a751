import { isGlob, matchesGlob } from '../../domain/glob.ts'
import type { WebhookRecord } from '../resource/webhook-record.ts'

export interface PlanOptions {
  /** Names or globs of the only objects to deal with; empty is all. */
  readonly targets: readonly string[]
  /** What was sent last, by address key of the webhook. */
  readonly webhookRecords: ReadonlyMap<string, WebhookRecord>
  readonly rotate: readonly string[]
}

export const planEverything: PlanOptions = { targets: [], webhookRecords: new Map(), rotate: [] }

/** Whether a name is one of these, or what one of these globs describes. */
export function selects(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => pattern === name || (isGlob(pattern) && matchesGlob(pattern, name)))
}
