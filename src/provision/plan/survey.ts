import type { Manifest } from '../manifest/part.ts'
import { type Extent, resolveManifest } from '../manifest/resolve-manifest.ts'
import type { ReferenceReaders } from '../manifest/resolve-text.ts'
import type { Checked, Problem } from '../resource/problem.ts'
import type { ActualState, DesiredState } from '../resource/resource.ts'
import type { FieldLists } from './field-lists.ts'
import type { LocateDeps } from './find-accounts.ts'
import { locate } from './locate.ts'
import { lookUpFields, type Unlisted } from './look-up-fields.ts'
import { lookUpTransformers, type TransformerDeps } from './look-up-transformers.ts'
import { nameMechanisms } from './name-mechanisms.ts'
import { type ReadActualDeps, readActual } from './read-actual.ts'

export interface SurveyDeps extends LocateDeps, ReadActualDeps {
  readonly jobs: ReadActualDeps['jobs'] & TransformerDeps['jobs']
  readonly references: ReferenceReaders
}

export interface Survey {
  readonly desired: DesiredState
  readonly actual: ActualState
  /** Jobs that want all fields, which could not be looked up. */
  readonly unlisted: readonly Unlisted[]
  /** What was found on the way, and errors that others may yet join. */
  readonly problems: readonly Problem[]
}

/**
 * What a manifest wants and what is live where it looks: references, scopes, names of fields, live objects. Reads only.
 * @throws ApiFailure when Cloudflare does not answer.
 */
export async function survey(
  manifest: Manifest,
  deps: SurveyDeps,
  extent: Extent,
  lists: FieldLists,
): Promise<Checked<Survey>> {
  const resolved = resolveManifest(manifest, deps.references, extent)
  if (!resolved.ok) return resolved
  const located = await locate(resolved.value, deps)
  if (!located.ok) return located
  const named = await lookUpTransformers(located.value, deps)
  const { desired, unlisted } = await lookUpFields(named.desired, lists, deps.parallel)
  const actual = await readActual(desired, deps)
  const problems = [...resolved.warnings, ...located.warnings, ...named.problems]
  return {
    ok: true,
    value: { desired: nameMechanisms(desired, actual), actual, unlisted, problems },
    warnings: [],
  }
}
