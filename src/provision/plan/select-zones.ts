import { isGlob, matchesGlob } from '../../domain/glob.ts'
import { quoted } from '../../domain/positioned.ts'
import type { ZoneScope } from '../../domain/scope.ts'
import type { ZonePattern, ZoneSelection } from '../manifest/place.ts'
import { errorAt, type Problem } from '../resource/problem.ts'
import { nearNamed } from './findings.ts'

export interface SelectedZones {
  readonly zones: readonly ZoneScope[]
  readonly problems: readonly Problem[]
}

/**
 * The zones that a selection means among those of its account. A name or id that is not there is an error, for a job
 * would be missing; a glob that matches nothing may match tomorrow, so it is a warning, as long as others match.
 */
export function selectZones(
  { include, exclude, origin }: ZoneSelection,
  zones: readonly ZoneScope[],
): SelectedZones {
  const problems: Problem[] = []
  const taken = include === 'all' ? zones : zones.filter((zone) => include.some((one) => isMeant(one, zone)))
  const left = taken.filter((zone) => !exclude.some((one) => isMeant(one, zone)))
  for (const one of include === 'all' ? [] : include) {
    if (zones.some((zone) => isMeant(one, zone))) continue
    problems.push({
      at: one.origin,
      level: isGlob(one.text) ? 'warning' : 'error',
      message: isGlob(one.text)
        ? `no zone that the API token sees matches ${quoted(one.written)}`
        : `the API token sees no zone called ${quoted(one.written)}${nearNamed(one.written, zones)}`,
    })
  }
  for (const one of exclude) {
    if (zones.some((zone) => isMeant(one, zone))) continue
    const message = `excludes nothing: the API token sees no zone called ${quoted(one.written)}${nearNamed(one.written, zones)}`
    problems.push({ at: one.origin, level: 'warning', message })
  }
  if (left.length === 0 && !problems.some(({ level }) => level === 'error')) {
    const message =
      zones.length === 0
        ? 'the API token sees no zone in this account'
        : `none of the ${zones.length} zones that the API token sees in this account is selected`
    problems.push(errorAt(origin, message))
  }
  return { zones: left, problems }
}

export function isMeant({ text }: ZonePattern, { id, name }: ZoneScope): boolean {
  return text === id || matchesGlob(text, name)
}
