import type { AuditEntry } from '../domain/job/audit-entry.ts'
import type { EpochMs } from '../domain/time.ts'
import type { CallOptions } from './cloudflare.ts'
import type { Page } from './listing.ts'

export interface AuditQuery {
  readonly since: EpochMs
  readonly before: EpochMs
  /** Of the page before; null for the first. */
  readonly cursor: string | null
}

/** A page of the log, the newest entries first. It is full when there is a page after it. */
export interface AuditPage extends Page<AuditEntry> {
  readonly cursor: string | null
}

export interface AuditApi {
  /**
   * What the account's audit log has of Logpush jobs, those of its zones included. Entries come some minutes late.
   * Needs Account Settings Read. Rules as in `cloudflare.ts`.
   */
  listAuditLog(accountId: string, query: AuditQuery, options: CallOptions): Promise<AuditPage>
}
