import { hexId } from './prng.ts'
import type { ScopeRef, TokenSpec } from './world-spec.ts'

/* Who wrote to jobs. What Cloudflare does by itself is not in it: nobody knows whether the real log has that. */

/** A write to a job, by a token through the API, or (null) by the person at the dashboard. */
export interface AuditRow {
  readonly id: string
  readonly atMs: number
  readonly scope: ScopeRef
  readonly jobId: number
  readonly type: 'create' | 'update' | 'delete'
  readonly token: TokenSpec | null
  /** The body of the request. */
  readonly request: Readonly<Record<string, unknown>> | null
}

/** Older rows are forgotten: worlds that run for days switch jobs again and again. */
const maxRows = 5_000

export function createAuditTrail(seed: number) {
  const rows: AuditRow[] = []
  let serial = 0
  return {
    /** The oldest first. */
    rows,
    record(
      { id: jobId, scope }: { readonly id: number; readonly scope: ScopeRef },
      write: Pick<AuditRow, 'atMs' | 'type' | 'token' | 'request'>,
    ): void {
      serial += 1
      rows.push({ ...write, id: hexId(seed, `audit ${serial}`), scope, jobId })
      if (rows.length > maxRows) rows.shift()
    },
  }
}
