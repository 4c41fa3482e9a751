/* Changes that the listing showed and nobody has answered for yet: the audit log tells of them some minutes later. */

import type { AuditAction, AuditEntry } from '../../domain/job/audit-entry.ts'
import type { JobId } from '../../domain/job/job.ts'
import { accountOf } from '../../domain/scope.ts'
import type { EpochMs } from '../../domain/time.ts'
import type { JobChange } from '../state/job-change.ts'
import type { ScopeState } from '../state/scope-state.ts'

export interface Question {
  readonly accountId: string
  readonly jobId: JobId
  readonly change: AuditAction
  /** Between these sights of the job it happened; null when the first was before the start. */
  readonly from: EpochMs | null
  readonly to: EpochMs
  /** For the log: the job may be gone when the answer comes. */
  readonly about: Readonly<Record<string, string>>
}

/** Our clock and Cloudflare's may differ by so much. */
const slackMs = 2 * 60_000

export type AuditQuestions = ReturnType<typeof createAuditQuestions>

export function createAuditQuestions() {
  const open = new Set<Question>()
  const close = (questions: Iterable<Question>): void => {
    for (const question of questions) open.delete(question)
  }
  return {
    /** Whether any of the changes can be somebody's doing. */
    ask(scope: ScopeState, changes: readonly JobChange[], seenBefore: EpochMs | null, now: EpochMs): boolean {
      const asked = changes.flatMap(({ change, job: { summary } }) => {
        const action = actionOf(change, seenBefore !== null)
        if (action === null) return []
        const { account, zone } = scope.labels
        const about = { account, zone, job_id: summary.id, job_name: summary.name }
        const accountId = accountOf(scope.scope).id
        return [{ accountId, jobId: summary.id, change: action, from: seenBefore, to: now, about }]
      })
      for (const question of asked) if (question.accountId !== '') open.add(question)
      return asked.length > 0
    },
    /** The open question that the entry answers. */
    of: ({ jobId, at }: AuditEntry): Question | null =>
      [...open].find(
        ({ from, to, ...question }) =>
          question.jobId === jobId && at <= to + slackMs && (from === null || at >= from - slackMs),
      ) ?? null,
    accounts: (): ReadonlySet<string> => new Set([...open].map(({ accountId }) => accountId)),
    close,
    /** Gives up on those of the account; or on all that are too old. */
    drop: (which: { readonly accountId: string } | { readonly before: EpochMs }) =>
      close(
        [...open].filter(({ accountId, to }) =>
          'accountId' in which ? which.accountId === accountId : to < which.before,
        ),
      ),
  }
}

/** What somebody may have done; null for what happens by itself, and for jobs that are only new to us. */
function actionOf(change: JobChange['change'], wasListed: boolean): AuditAction | null {
  switch (change) {
    case 'appeared':
      return wasListed ? 'created' : null
    case 'disabled_by_failure':
      return 'disabled'
    case 'failing':
    case 'recovered':
      return null
    default:
      return change
  }
}
