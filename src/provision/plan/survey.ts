import type { Manifest } from '../manifest/part.ts'
import { type Extent, resolveManifest } from '../manifest/resolve-manifest.ts'
import type { ReferenceReaders } from '../manifest/resolve-text.ts'
import type { Checked, Problem } from '../resource/problem.ts'
import type { ActualState, DesiredState } from '../resource/resource.ts'
import { type LocateDeps, locate } from './locate.ts'
import { type LookUpDeps, lookUpFields } from './look-up-fields.ts'
import { type ReadActualDeps, readActual } from './read-actual.ts'

export interface SurveyDeps extends LocateDeps, LookUpDeps, ReadActualDeps {
  readonly jobs: LookUpDeps['jobs'] & ReadActualDeps['jobs']
  readonly references: ReferenceReaders
}

export interface Survey {
  readonly desired: DesiredState
  readonly actual: ActualState
  /** What was found on the way, and errors that others may yet join. */
  readonly problems: readonly Problem[]
}

/**
 * What a manifest wants and what is live where it looks: references, scopes, names of fields, live objects. Reads only.
 * `checkFields`: every field that a job names is looked up.
 * @throws ApiFailure when Cloudflare does not answer.
 */
export async function survey(
  manifest: Manifest,
  deps: SurveyDeps,
  extent: Extent,
  checkFields: boolean,
): Promise<Checked<Survey>> {
  const resolved = resolveManifest(manifest, deps.references, extent)
  if (!resolved.ok) return resolved
  const located = await locate(resolved.value, deps)
  if (!located.ok) return located
  const { desired, problems } = await lookUpFields(located.value, deps, checkFields)
  const actual = await readActual(desired, deps)
  const found = [...resolved.warnings, ...located.warnings, ...problems]
  return { ok: true, value: { desired, actual, problems: found }, warnings: [] }
}
