import type { UploadEvent } from '../world/upload-events.ts'
import type { ScopeRef } from '../world/world-spec.ts'
import { jobsSeenBy, visitJobEvents, type WorldState } from '../world/world-state.ts'
import { type DimensionValue, dimensions } from './health-dimensions.ts'
import type { HealthFilter } from './health-filter.ts'

/** One row of the answer. */
export interface HealthGroup {
  readonly count: number
  readonly sum: {
    readonly uploads: number
    readonly records: number
    readonly bytes: number
    readonly bytesCompressed: number
  }
  readonly avg: { readonly uploadDuration: number; readonly sampleInterval: number }
  readonly max: { readonly timestamp: number }
  readonly dimensions: Readonly<Record<string, DimensionValue>>
}

type Accumulator = ReturnType<typeof emptyGroup>

/** Every attempt that shows by `nowMs` and matches, summed up by exactly the dimensions asked for. */
export function healthGroups(
  state: WorldState,
  scope: ScopeRef,
  filter: HealthFilter,
  groupBy: readonly string[],
  nowMs: number,
): HealthGroup[] {
  const readers = groupBy.map((name) => {
    const dimension = dimensions[name]
    if (dimension === undefined) throw new Error(`no dimension ${name}`)
    return { name, of: dimension.of }
  })
  const groups = new Map<string, Accumulator>()
  const add = (event: UploadEvent): void => {
    if (event.visibleAtMs > nowMs || !filter.matches(event)) return
    const values = readers.map(({ of }) => of(event))
    const key = values.join('\u0000')
    const known = groups.get(key)
    const group =
      known ?? emptyGroup(Object.fromEntries(readers.map(({ name }, i) => [name, values[i] ?? ''])))
    if (known === undefined) groups.set(key, group)
    extend(group, event)
  }
  const fromMs = filter.bounds.fromMs
  const toMs = Math.min(filter.bounds.toMs, nowMs)
  for (const job of jobsSeenBy(state, scope)) visitJobEvents(state, job, fromMs, toMs, add)
  return [...groups.values()].map(finish)
}

function emptyGroup(dimensions: HealthGroup['dimensions']) {
  const sums = { uploads: 0, records: 0, bytes: 0, compressedBytes: 0, durationMs: 0, sampleIntervals: 0 }
  return { dimensions, ...sums, latestMs: 0 }
}

function extend(group: Accumulator, event: UploadEvent): void {
  group.uploads += 1
  group.records += event.records
  group.bytes += event.bytes
  group.compressedBytes += event.compressedBytes
  group.durationMs += event.durationMs
  group.sampleIntervals += event.sampleInterval
  group.latestMs = Math.max(group.latestMs, event.endMs)
}

function finish(group: Accumulator): HealthGroup {
  return {
    count: group.uploads,
    sum: {
      uploads: group.uploads,
      records: group.records,
      bytes: group.bytes,
      bytesCompressed: group.compressedBytes,
    },
    avg: {
      uploadDuration: group.durationMs / 1000 / group.uploads,
      sampleInterval: group.sampleIntervals / group.uploads,
    },
    max: { timestamp: group.latestMs },
    dimensions: group.dimensions,
  }
}

/** Sorts rows by `orderBy` values such as `datetimeMinute_ASC` or `sum_bytes_DESC`. */
export function sortGroups(groups: HealthGroup[], orderBy: readonly string[]): HealthGroup[] {
  const keys = orderBy.map((text) => ({
    name: text.replace(/_(ASC|DESC)$/, ''),
    sign: text.endsWith('_DESC') ? -1 : 1,
  }))
  return groups.sort((a, b) => {
    for (const { name, sign } of keys) {
      const left = sortValue(a, name)
      const right = sortValue(b, name)
      if (left !== right) return left < right ? -sign : sign
    }
    return 0
  })
}

function sortValue({ count, sum, avg, max, dimensions }: HealthGroup, name: string): DimensionValue {
  if (name === 'count') return count
  const parts: Readonly<Record<string, Readonly<Record<string, number>>>> = { sum, avg, max }
  const [part = '', field = ''] = name.split('_')
  return parts[part]?.[field] ?? dimensions[name] ?? 0
}
