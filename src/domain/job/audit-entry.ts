/* What Cloudflare's audit log says of a job: who wrote to it, when, and what came of it. */

import type { EpochMs } from '../time.ts'
import type { JobId } from './job.ts'

export interface AuditEntry {
  readonly id: string
  readonly at: EpochMs
  readonly jobId: JobId
  readonly action: AuditAction
  readonly actor: Actor
}

/** `changed` where the log does not say what was written, or where it is more than the switch alone. */
export type AuditAction = 'created' | 'enabled' | 'disabled' | 'changed' | 'deleted'

/** A write to a job as it is kept and shown. */
export interface JobEdit {
  readonly at: EpochMs
  readonly action: AuditAction
  /** In words; what it holds is the user's choice, since it may be personal data. */
  readonly by: string
}

/** Who wrote, as far as the log says. Fields are null where it does not. */
export interface Actor {
  /** E.g. `user`, `account` (a token that the account owns), `system` or `cloudflare_admin`. */
  readonly type: string | null
  readonly id: string | null
  readonly email: string | null
  /** E.g. `dash`, `api_token`. */
  readonly context: string | null
  readonly tokenId: string | null
  readonly tokenName: string | null
}

/** How an actor is named: by what people recognise, which is personal data, or only by ids. */
export type ActorNaming = 'email' | 'id'

/** Longer names are cut. */
const maxLength = 100

/** The actor in words, e.g. `sre@example.com (dashboard)` or `token "terraform" of sre@example.com`. */
export function actorText(actor: Actor, naming: ActorNaming): string {
  if (isCloudflare(actor)) return 'Cloudflare'
  const { type, id, context, tokenId } = actor
  const named = naming === 'email'
  const email = named ? actor.email : null
  const tokenName = named ? actor.tokenName : null
  const owner = email ?? (id === null ? null : `${type === 'account' ? 'account' : 'user'} ${id}`)
  if (tokenName !== null || tokenId !== null) {
    const token = tokenName === null ? `token ${shown(tokenId ?? '')}` : `token "${shown(tokenName)}"`
    return owner === null || type === 'account' ? token : `${token} of ${shown(owner)}`
  }
  return `${shown(owner ?? 'somebody')}${context === 'dash' ? ' (dashboard)' : ''}`
}

function isCloudflare({ type }: Actor): boolean {
  return type === 'system' || type === 'cloudflare_admin' || type === 'delegated_service'
}

/** Whatever somebody named a token, it stays on its line and in its direction. */
function shown(text: string): string {
  const plain = text.slice(0, maxLength + 1).replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
  return plain.length > maxLength ? `${plain.slice(0, maxLength)}…` : plain
}
