import { isRecord, type JsonRecord } from '../api/json-shape.ts'
import type { UploadEvent } from '../world/upload-events.ts'
import { type DimensionValue, dimensions } from './health-dimensions.ts'

export type Matches = (event: UploadEvent) => boolean

/** The instants a filter can match, as far as its time dimensions say; half-open, in milliseconds. */
export interface TimeBounds {
  readonly fromMs: number
  readonly toMs: number
}

export interface HealthFilter {
  readonly matches: Matches
  readonly bounds: TimeBounds
}

const anytime: TimeBounds = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }

/** Turns the `filter` argument into a test; all its conditions must hold. */
export function compileFilter(filter: JsonRecord): HealthFilter {
  const parts: HealthFilter[] = Object.entries(filter).flatMap(([key, value]) => {
    if (value === null || value === undefined) return []
    if (key === 'AND') return listOf(value)
    if (key === 'OR') return [anyOf(listOf(value))]
    return [condition(key, value)]
  })
  return {
    matches: (event) => parts.every((part) => part.matches(event)),
    bounds: {
      fromMs: Math.max(...parts.map(({ bounds }) => bounds.fromMs), Number.NEGATIVE_INFINITY),
      toMs: Math.min(...parts.map(({ bounds }) => bounds.toMs), Number.POSITIVE_INFINITY),
    },
  }
}

function listOf(value: unknown): HealthFilter[] {
  return Array.isArray(value) ? value.filter(isRecord).map(compileFilter) : []
}

function anyOf(parts: readonly HealthFilter[]): HealthFilter {
  if (parts.length === 0) return { matches: () => true, bounds: anytime }
  return {
    matches: (event) => parts.some((part) => part.matches(event)),
    bounds: {
      fromMs: Math.min(...parts.map(({ bounds }) => bounds.fromMs)),
      toMs: Math.max(...parts.map(({ bounds }) => bounds.toMs)),
    },
  }
}

function condition(key: string, given: unknown): HealthFilter {
  const [name = '', operator = 'eq'] = key.split('_')
  const dimension = dimensions[name]
  if (dimension === undefined) throw new Error(`no dimension for filter ${key}`)
  const { of } = dimension
  const bounds = dimension.grainMs === undefined ? anytime : boundsOf(operator, given, dimension.grainMs)
  return { matches: test(of, operator, given), bounds }
}

function test(of: (event: UploadEvent) => DimensionValue, operator: string, given: unknown): Matches {
  const set = new Set<unknown>(Array.isArray(given) ? given : [given])
  const limit = typeof given === 'number' || typeof given === 'string' ? given : ''
  switch (operator) {
    case 'eq':
    case 'in':
      return (event) => set.has(of(event))
    case 'neq':
    case 'notin':
      return (event) => !set.has(of(event))
    case 'geq':
      return (event) => of(event) >= limit
    case 'gt':
      return (event) => of(event) > limit
    case 'leq':
      return (event) => of(event) <= limit
    case 'lt':
      return (event) => of(event) < limit
    case 'like':
      return (event) => like(limit).test(String(of(event)))
    case 'notlike':
      return (event) => !like(limit).test(String(of(event)))
    default:
      throw new Error(`no filter operator ${operator}`)
  }
}

function like(pattern: DimensionValue): RegExp {
  const source = String(pattern)
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.')
  return new RegExp(`^${source}$`, 's')
}

function boundsOf(operator: string, given: unknown, grainMs: number): TimeBounds {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  const instants = list.map((value) => (typeof value === 'number' ? value : Date.parse(String(value))))
  const least = Math.min(...instants)
  const most = Math.max(...instants)
  switch (operator) {
    case 'eq':
    case 'in':
      return { fromMs: least, toMs: most + grainMs }
    case 'geq':
      return { ...anytime, fromMs: least }
    case 'gt':
      return { ...anytime, fromMs: least + 1 }
    case 'leq':
      return { ...anytime, toMs: most + grainMs }
    case 'lt':
      // An instant that is not at a grain's edge lets the whole grain that holds it through.
      return { ...anytime, toMs: Math.ceil(most / grainMs) * grainMs }
    default:
      return anytime
  }
}
