import { expectedName } from '../manifest/job-name.ts'
import { type Problem, problemOf } from '../resource/problem.ts'
import type { Change } from './change.ts'

/** Jobs that would get a name that Cloudflare refuses; one that has it already keeps it. */
export function checkNewNames(changes: readonly Change[]): readonly Problem[] {
  return changes.flatMap((change): readonly Problem[] => {
    if (change.kind !== 'job' || change.change === 'delete') return []
    const isNew = change.change === 'create' || change.fields.some(({ path }) => path === 'name')
    const expected = isNew ? expectedName(change.desired.resource.name) : null
    return expected === null ? [] : [problemOf(change.desired, `the name is expected to have ${expected}`)]
  })
}
