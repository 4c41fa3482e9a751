import { didYouMean, quoted } from '../../domain/positioned.ts'
import { scopeTitle } from '../../domain/scope.ts'
import type { ApiFailure } from '../../errors.ts'
import { filterKeys } from '../resource/filter-form.ts'
import { type Problem, problemOf } from '../resource/problem.ts'
import { addressKey, type DesiredJob, type JobResource } from '../resource/resource.ts'
import type { Change } from './change.ts'
import type { FieldLists } from './field-lists.ts'
import { type Findings, grouped, isRefusal, namedObjects, noFindings, together } from './findings.ts'
import type { Unlisted } from './look-up-fields.ts'
import { inParallel } from './read-actual.ts'

/*
 * Names of fields in jobs that are new or changed: Cloudflare would quietly leave out one that does not exist. Jobs
 * that stay as they are are not asked about.
 */

interface Written {
  readonly job: DesiredJob
  readonly live: JobResource | null
}

export async function checkFields(
  changes: readonly Change[],
  lists: FieldLists,
  parallel: number,
): Promise<Findings> {
  const jobs = changes.flatMap((change): readonly Written[] => {
    if (change.kind !== 'job' || change.change === 'delete') return []
    const live = change.change === 'create' ? null : change.actual.resource
    return fieldsOf(change.desired.resource).size === 0 ? [] : [{ job: change.desired, live }]
  })
  const unknown: { readonly job: DesiredJob; readonly reason: string }[] = []
  const checked = await inParallel(jobs, parallel, async ({ job, live }): Promise<Findings> => {
    const { scope, dataset } = job.resource
    const fields = fieldsOf(job.resource)
    const common = await lists.common(scope, dataset)
    // A zone may have fields that another one's plan does not include.
    const isWhole = common.ok && [...fields].every((field) => common.value.includes(field))
    const list = isWhole ? common : await lists.own(scope, dataset)
    if (!list.ok && isRefusal(list.failure))
      return { problems: [problemOf(job, refusalText(job, list.failure))], notes: [] }
    if (!list.ok || list.value.length === 0) {
      unknown.push({ job, reason: list.ok ? `Cloudflare lists none for ${dataset}` : list.failure.message })
      return noFindings
    }
    const had = live === null ? new Set<string>() : fieldsOf(live)
    const missing = [...fields].filter((field) => !list.value.includes(field))
    return {
      problems: missing.map((field) =>
        had.has(field)
          ? problemOf(
              job,
              `${dataset} no longer has the field ${quoted(field)}, which the live job still names; Cloudflare leaves it out`,
              'warning',
            )
          : problemOf(job, `${dataset} has no field ${quoted(field)}${didYouMean(field, list.value)}`),
      ),
      notes: [],
    }
  })
  const notes = grouped(unknown, ({ reason }) => reason).map(
    (group) =>
      `names of fields were not checked for ${namedObjects(group.map(({ job }) => job))}: ${group[0]?.reason}`,
  )
  return together([...checked, { problems: [], notes }])
}

/** Of jobs that want all fields where nobody knows which these are. Only one that does not exist yet cannot do without. */
export function unlistedFindings(unlisted: readonly Unlisted[], changes: readonly Change[]): Findings {
  const created = new Set(
    changes.flatMap((change) =>
      change.kind === 'job' && (change.change === 'create' || change.change === 'replace')
        ? [addressKey(change.desired.resource)]
        : [],
    ),
  )
  const isNew = ({ job }: Unlisted) => created.has(addressKey(job.resource))
  const old = grouped(
    unlisted.filter((one) => !isNew(one)),
    reasonOf,
  )
  return {
    problems: unlisted.filter(isNew).map((one): Problem => {
      const refused = one.failure !== null && isRefusal(one.failure)
      const message = refused
        ? refusalText(one.job, one.failure)
        : `output.fields is "all", but ${reasonOf(one)}; name the fields, or try again`
      return { ...problemOf(one.job, message), ...(refused ? {} : { outside: true }) }
    }),
    notes: old.map((group) => {
      const [first] = group
      const why = first === undefined ? '' : reasonOf(first)
      return `output.fields of ${namedObjects(group.map(({ job }) => job))} is "all", which is not compared: ${why}`
    }),
  }
}

function refusalText({ resource }: DesiredJob, { message }: ApiFailure): string {
  return `cannot list the fields of ${quoted(resource.dataset)} in ${scopeTitle(resource.scope)}: ${message}`
}

function reasonOf({ failure, job }: Unlisted): string {
  return failure?.message ?? `Cloudflare lists no fields for ${job.resource.dataset}`
}

function fieldsOf({ output, filter }: JobResource): ReadonlySet<string> {
  const named = output.fieldNames === 'all' ? [] : (output.fieldNames ?? [])
  return new Set([...named, ...filterKeys(filter)])
}
