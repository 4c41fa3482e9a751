import { accountOf, type Scope } from '../../domain/scope.ts'
import { type VariableName, type Variables, variablesIn, withVariables } from '../resource/reference.ts'
import type { Report } from './report.ts'
import type { JobValue } from './schema.ts'
import type { Path } from './tree.ts'

/* `${zone}` and its like in the name and destination of a job: one declaration, another text in every scope. */

/** What the variables of a job stand for in one scope; of an account there is no zone to name. */
export function variablesOf(scope: Scope, dataset: string): Variables {
  const account = accountOf(scope)
  const zone = scope.kind === 'zone' ? scope : { id: '', name: '' }
  return { zone: zone.name, zone_id: zone.id, account: account.name, account_id: account.id, dataset }
}

/** A name with what is known before any zone is: jobs of several datasets may share its pattern. */
export function withDataset(name: string, dataset: string): string {
  return name.replaceAll(/\$\{\s*dataset\s*\}/g, () => dataset)
}

/** Values as real ones look, for checks before any zone is known. */
export const sampleVariables: Variables = {
  zone: 'zone.example',
  zone_id: '0'.repeat(32),
  account: 'account',
  account_id: '0'.repeat(32),
  dataset: 'http_requests',
}

export function sampled(text: string): string {
  return withVariables(text, sampleVariables)
}

export function usedVariables({
  name,
  destination,
}: Pick<JobValue, 'name' | 'destination'>): ReadonlySet<VariableName> {
  return new Set([name, ...textsIn(destination)].flatMap(variablesIn))
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

export function checkVariables(report: Report, job: JobValue, path: Path): void {
  if (job.scope === undefined) return
  for (const key of ['name', 'destination'] as const) {
    for (const name of new Set(textsIn(job[key]).flatMap(variablesIn))) {
      if (name !== 'zone' && name !== 'zone_id') continue
      report.error([...path, key], `\${${name}} has no value in a job of the account; use zone or zones`)
    }
  }
}
