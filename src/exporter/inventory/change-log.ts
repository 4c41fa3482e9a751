/* What happened to jobs between two lists, as lines of the log. */
import type { Log } from '../../ports/runtime.ts'
import type { JobChange } from '../state/job-change.ts'
import { pushFailureReason } from '../state/push-failure.ts'
import type { ScopeState } from '../state/scope-state.ts'

/** From here on, equal changes of one list are one line: an emptied zone would fill the log. */
const maxLines = 10

const texts: Readonly<Record<JobChange['change'], string>> = {
  appeared: 'job appeared',
  enabled: 'job enabled',
  disabled: 'job disabled',
  deleted: 'job deleted',
  changed: 'job changed',
  recovered: 'job recovered',
  failing: 'job is failing',
  disabled_by_failure: 'Cloudflare disabled a failing job',
}

export function logChanges(log: Log, scope: ScopeState, changes: readonly JobChange[]): void {
  const groups = new Map<JobChange['change'], JobChange[]>()
  for (const one of changes) groups.set(one.change, [...(groups.get(one.change) ?? []), one])
  const told = new Set<JobChange['change']>()
  for (const one of changes) {
    const group = groups.get(one.change) ?? [one]
    if (group.length <= maxLines) say(log, one, texts[one.change], fieldsOf(one, scope))
    else if (!told.has(one.change)) {
      const first = group.slice(0, maxLines).map(({ job }) => job.summary.id)
      say(log, one, `${texts[one.change]}, one of many`, { ...placeOf(scope), jobs: group.length, first })
    }
    told.add(one.change)
  }
}

function say(log: Log, { change }: JobChange, text: string, fields: Readonly<Record<string, unknown>>): void {
  const level = change === 'failing' || change === 'disabled_by_failure' ? 'warn' : 'info'
  log[change === 'appeared' ? 'debug' : level](fields, text)
}

function placeOf({ scope, labels }: ScopeState): Readonly<Record<string, unknown>> {
  return { account: labels.account, zone: labels.zone, [`${scope.kind}_id`]: scope.id }
}

function fieldsOf({ change, job }: JobChange, scope: ScopeState): Readonly<Record<string, unknown>> {
  const { id, name, dataset, destination, failure } = job.summary
  const fields = { ...placeOf(scope), job_id: id, job_name: name, dataset, destination }
  if (change !== 'failing' && change !== 'disabled_by_failure') return fields
  return {
    ...fields,
    reason: pushFailureReason(job, scope.failedAttempts.get(id)) ?? 'other',
    error: failure?.message,
  }
}
