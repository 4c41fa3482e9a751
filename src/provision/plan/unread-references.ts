import {
  buildDestination,
  destinationFields,
  type FieldValue,
  parseDestination,
  toDestination,
} from '../../domain/destination/destination.ts'
import { Secret } from '../../domain/secret.ts'
import type { Manifest } from '../manifest/part.ts'
import { textsBelow } from '../manifest/tree.ts'
import type { PolicyFilters } from '../resource/policy-filters.ts'
import { fitsLiterals, hasReference, parseReferences, referenceText } from '../resource/reference.ts'
import type { ActualState, Desired, DesiredState } from '../resource/resource.ts'
import type { Matched } from './change.ts'
import { matchObjects } from './match.ts'

/*
 * A plan that reads no reference, for a manifest that nobody has reviewed: its texts still hold `${env:NAME}`.
 * Wherever a live value can be what such a text stands for, it is taken for it, so that only what is known to
 * differ shows as a change.
 */

/** The references of a manifest, as written, but for those that name accounts and zones. */
export function unreadReferences(manifest: Manifest): readonly string[] {
  const texts = manifest.parts.flatMap(({ source }) => textsBelow(source.root))
  const found = texts.flatMap(([path, text]) => {
    const isZone =
      path.includes('zone') || path[2] === 'zones' || (path[3] === 'filters' && path[4] === 'zones')
    const isPlace = path[0] === 'account' || isZone
    const parsed = isPlace ? { parts: [] } : parseReferences(text)
    if ('mistake' in parsed) return []
    return parsed.parts.flatMap((part) =>
      typeof part === 'string' || part.kind === 'variable' ? [] : [referenceText(part)],
    )
  })
  return [...new Set(found)].sort()
}

/** The wanted state with what is live in the place of texts whose references were left unread, where it fits. */
export function assumeLive(desired: DesiredState, actual: ActualState): DesiredState {
  const { matched } = matchObjects(desired.resources, actual.resources)
  const pairs = new Map<Desired, Matched>(matched.map((pair) => [pair.desired, pair]))
  const resources = desired.resources.map((one) => {
    const pair = pairs.get(one)
    return pair === undefined ? one : withLive(pair)
  })
  return { ...desired, resources }
}

function withLive(pair: Matched): Desired {
  switch (pair.kind) {
    case 'job': {
      const { resource } = pair.desired
      const destinationConf = liveDestination(resource.destinationConf, pair.actual.resource.destinationConf)
      return { ...pair.desired, resource: { ...resource, destinationConf } }
    }
    case 'webhook': {
      const { resource } = pair.desired
      const url = liveSecret(resource.url, pair.actual.resource.url)
      // A secret can never be read back: it is neither the same nor different.
      return { ...pair.desired, secret: null, resource: { ...resource, url } }
    }
    case 'policy': {
      const { resource } = pair.desired
      const live = pair.actual.resource
      const email = liveNames(resource.email, live.email)
      const pagerduty = liveNames(resource.pagerduty, live.pagerduty)
      const filters = resource.filters && liveFilters(resource.filters, live.filters ?? {})
      return { ...pair.desired, resource: { ...resource, email, pagerduty, filters } }
    }
  }
}

/** Whether the text, with anything in the place of its references, can be the live one. */
function fits(text: string, live: string): boolean {
  return hasReference(text) && fitsLiterals(text.split(/\$\{(?:env|file):[^}]*\}/), live)
}

function liveSecret(wanted: Secret, live: Secret): Secret {
  return fits(wanted.reveal(), live.reveal()) ? live : wanted
}

function liveDestination(wanted: Secret, live: Secret): Secret {
  const to = parseDestination(wanted.reveal())
  const from = parseDestination(live.reveal())
  if (to.kind === 'url') return liveSecret(wanted, live)
  if (to.kind !== from.kind) return wanted
  const there = destinationFields(from)
  const fields = [...destinationFields(to)].map(
    ([name, value]) => [name, liveField(value, there.get(name))] as const,
  )
  const filled = toDestination(to.kind, new Map(fields))
  return filled === null ? wanted : buildDestination(filled)
}

function liveField(wanted: FieldValue, live: FieldValue | undefined): FieldValue {
  if (live === undefined || typeof wanted === 'boolean' || typeof live === 'boolean') return wanted
  if (typeof wanted === 'string') return typeof live === 'string' && fits(wanted, live) ? live : wanted
  if (wanted instanceof Secret) return live instanceof Secret ? liveSecret(wanted, live) : wanted
  if (typeof live === 'string' || live instanceof Secret) return wanted
  const named = Object.entries(wanted).map(([name, value]) => {
    const there = live[name]
    return [name, there === undefined ? value : liveSecret(value, there)] as const
  })
  return Object.fromEntries(named)
}

function liveFilters(wanted: PolicyFilters, live: PolicyFilters): PolicyFilters {
  const lists = Object.entries(wanted).map(
    ([name, values]) => [name, liveNames(values, live[name] ?? [])] as const,
  )
  return Object.fromEntries(lists)
}

/** Each name with a reference becomes a live one that nothing else in the list stands for. */
function liveNames(wanted: readonly string[], live: readonly string[]): readonly string[] {
  const free = live.filter((name) => !wanted.includes(name))
  return wanted.map((name) => {
    const index = free.findIndex((each) => fits(name, each))
    return index < 0 ? name : (free.splice(index, 1)[0] ?? name)
  })
}
