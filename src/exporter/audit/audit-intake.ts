/* What the audit log tells that was not known: kept with the jobs, and logged where it is news. */

import { type ActorNaming, type AuditEntry, actorText, type JobEdit } from '../../domain/job/audit-entry.ts'
import type { JobId } from '../../domain/job/job.ts'
import { type ScopeKey, scopeKey } from '../../domain/scope.ts'
import type { EpochMs } from '../../domain/time.ts'
import type { Log } from '../../ports/runtime.ts'
import type { ScopeState } from '../state/scope-state.ts'
import type { ExporterState } from '../state/state.ts'
import type { AuditQuestions, Question } from './audit-questions.ts'

export interface IntakeDeps {
  readonly state: ExporterState
  readonly questions: AuditQuestions
  readonly log: Log
  readonly naming: () => ActorNaming | null
  /** What happened before is shown and not logged, unless a listing showed it as a change. */
  readonly startedAt: EpochMs
}

/** Entries may tell their time in whole seconds, cut off: one of the second of the start is not from before it. */
const wholeSecondMs = 1_000

export function createAuditIntake(deps: IntakeDeps): (fresh: readonly AuditEntry[]) => void {
  const { state, questions, log } = deps
  return (fresh) => {
    const naming = deps.naming()
    if (fresh.length === 0 || naming === null) return
    const places = placesOf(state.scopes.values())
    const edits = new Map<ScopeKey, Map<JobId, JobEdit[]>>()
    const answered = new Set<Question>()
    for (const entry of fresh.toSorted((a, b) => a.at - b.at)) {
      const { jobId, at } = entry
      const question = questions.of(entry)
      if (question !== null) answered.add(question)
      const edit = editOf(entry, question, naming)
      const scope = places.get(jobId)
      if (scope !== undefined) {
        const key = scopeKey(scope.scope)
        const ofScope = edits.get(key) ?? new Map<JobId, JobEdit[]>()
        edits.set(key, ofScope.set(jobId, [edit, ...(ofScope.get(jobId) ?? [])]))
      }
      if (question === null && at + wholeSecondMs <= deps.startedAt) continue
      const about = question?.about ?? aboutOf(jobId, scope)
      log.info({ ...about, by: edit.by, at: new Date(at).toISOString() }, `audit log: job ${edit.action}`)
    }
    questions.close(answered)
    for (const [key, ofScope] of edits) state.auditRead(key, ofScope)
  }
}

/** What a listing showed says more than an entry that does not tell what was written. */
function editOf({ action, at, actor }: AuditEntry, question: Question | null, naming: ActorNaming): JobEdit {
  const seen = question?.change
  const isSwitch = action === 'changed' && (seen === 'enabled' || seen === 'disabled')
  return { at, action: isSwitch ? seen : action, by: actorText(actor, naming) }
}

function placesOf(scopes: Iterable<ScopeState>): ReadonlyMap<JobId, ScopeState> {
  return new Map([...scopes].flatMap((scope) => [...scope.jobs.keys()].map((id) => [id, scope] as const)))
}

function aboutOf(jobId: JobId, scope: ScopeState | undefined): Readonly<Record<string, string>> {
  if (scope === undefined) return { job_id: jobId }
  const { account, zone } = scope.labels
  return { account, zone, job_id: jobId, job_name: scope.jobs.get(jobId)?.summary.name ?? '' }
}
