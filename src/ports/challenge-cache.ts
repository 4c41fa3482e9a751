import type { Secret } from '../domain/secret.ts'
import type { EpochMs } from '../domain/time.ts'
import type { ScopeRef } from './cloudflare.ts'

/** What is known of one ownership challenge. */
export type ChallengeRecord =
  /** Cloudflare was asked and named a file; its token has not been read yet. */
  | { readonly state: 'requested'; readonly filename: string; readonly requestedAt: EpochMs }
  | { readonly state: 'token'; readonly token: Secret; readonly expiresAt: EpochMs }

/**
 * Remembers ownership challenges between runs, each by exact scope and exact `destination_conf`: a
 * token fits nothing else. A cache that cannot be read or written is not an error, only a lost shortcut.
 */
export interface ChallengeCache {
  load(scope: ScopeRef, destinationConf: Secret): Promise<ChallengeRecord | null>
  save(scope: ScopeRef, destinationConf: Secret, record: ChallengeRecord): Promise<void>
  forget(scope: ScopeRef, destinationConf: Secret): Promise<void>
}
