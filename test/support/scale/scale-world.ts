/*
 * A world to measure how the exporter scales: accounts, zones, jobs that push each minute, and lost batches, as
 * functions of the time. Nothing in it is drawn twice: the same size gives the same world.
 */
import type { JobId } from '../../../src/domain/job/job.ts'
import type { HealthRow } from '../../../src/domain/ledger/health-row.ts'
import type { Account, ZoneScope } from '../../../src/domain/scope.ts'
import { type EpochMinute, type EpochMs, minuteMs, minuteOf } from '../../../src/domain/time.ts'
import { randomSequence } from '../../../src/simulator/world/prng.ts'
import { aHealthRow } from '../health-row.ts'

export interface ScaleSize {
  readonly zones: number
  /** The part of the zones that has a job, in (0, 1]. */
  readonly withJobs: number
}

/** A batch that was given up: final, and not delivered. */
export interface Loss {
  readonly zone: ZoneScope
  readonly jobId: JobId
  readonly minute: EpochMinute
  /** When the API begins to show it. */
  readonly visibleAt: EpochMs
}

/** A zone with a job that did not exist before. */
export interface NewZone {
  readonly zone: ZoneScope
  readonly appearsAt: EpochMs
}

export interface ScaleWorld {
  readonly size: ScaleSize
  readonly accounts: readonly Account[]
  readonly zones: readonly ZoneScope[]
  readonly losses: readonly Loss[]
  readonly newZones: readonly NewZone[]
  zonesAt(now: EpochMs): readonly ZoneScope[]
  jobOf(zoneId: string): JobId | null
  rows(zoneId: string, from: EpochMinute, to: EpochMinute, now: EpochMs): readonly HealthRow[]
}

/** When what happens, happens. */
export interface ScaleEvents {
  readonly from: EpochMs
  readonly to: EpochMs
  readonly losses: number
  readonly newZones: number
}

const zonesPerAccount = 500
/** Rows of a minute are shown so long after its end. */
const rowDelayMs = 20_000
/** A lost batch is shown within 30 to 90 s of the end of its minute; one in fifty after six to ten minutes. */
const lossDelay = { shortMs: [30_000, 90_000], lateMs: [360_000, 600_000], late: 0.02 } as const

export function createScaleWorld(size: ScaleSize, events: ScaleEvents): ScaleWorld {
  const random = randomSequence(12)
  const accounts = Array.from({ length: Math.ceil(size.zones / zonesPerAccount) }, (_, index) => ({
    id: `acc${index}`.padEnd(32, '0'),
    name: `Account ${index}`,
  }))
  const zone = (index: number, kind: string): ZoneScope => {
    const account = accounts[index % accounts.length] ?? { id: '', name: '' }
    const id = `${kind}${String(index).padStart(6, '0')}`.padEnd(32, '0')
    return { kind: 'zone', id, name: `${kind}${index}.example`, account }
  }
  const zones = Array.from({ length: size.zones }, (_, index) => zone(index, 'a'))
  const jobs = new Map<string, JobId>()
  // Spread evenly over the accounts: every k-th zone of each has a job.
  const perAccount = Math.round(1 / size.withJobs)
  zones.forEach(({ id }, index) => {
    if (Math.floor(index / accounts.length) % perAccount === 0) jobs.set(id, String(100_000 + index))
  })
  const span = events.to - events.from
  const newZones = Array.from({ length: events.newZones }, (_, index) => ({
    zone: zone(index, 'n'),
    appearsAt: events.from + Math.floor(((index + random()) * span) / events.newZones),
  }))
  newZones.forEach(({ zone: { id } }, index) => {
    jobs.set(id, String(900_000 + index))
  })
  const watched = zones.filter(({ id }) => jobs.has(id))
  const losses: Loss[] = Array.from({ length: events.losses }, (_, index) => {
    const at = events.from + Math.floor(((index + random()) * span) / events.losses)
    const [least, most] = random() < lossDelay.late ? lossDelay.lateMs : lossDelay.shortMs
    const hit = watched[Math.floor(random() * watched.length)] ?? zone(0, 'a')
    const visibleAt = (minuteOf(at) + 1) * minuteMs + least + random() * (most - least)
    return { zone: hit, jobId: jobs.get(hit.id) ?? '', minute: minuteOf(at), visibleAt }
  })
  const lossesOf = groupByZone(losses)
  return {
    size,
    accounts,
    zones,
    losses,
    newZones,
    zonesAt: (now) => [
      ...zones,
      ...newZones.filter(({ appearsAt }) => appearsAt <= now).map((one) => one.zone),
    ],
    jobOf: (zoneId) => jobs.get(zoneId) ?? null,
    rows(zoneId, from, to, now) {
      const jobId = jobs.get(zoneId)
      if (jobId === undefined) return []
      const rows: HealthRow[] = []
      const shown = Math.min(to, minuteOf(now - rowDelayMs))
      for (let minute = from; minute < shown; minute += 1) rows.push(row(minute, jobId, 1, true))
      const lost = new Map<EpochMinute, number>()
      for (const { minute, visibleAt } of lossesOf.get(zoneId) ?? [])
        if (minute >= from && minute < to && visibleAt <= now) lost.set(minute, (lost.get(minute) ?? 0) + 1)
      for (const [minute, batches] of lost) rows.push(row(minute, jobId, batches, false))
      return rows
    },
  }
}

function groupByZone(losses: readonly Loss[]): ReadonlyMap<string, readonly Loss[]> {
  const groups = new Map<string, Loss[]>()
  for (const loss of losses) groups.set(loss.zone.id, [...(groups.get(loss.zone.id) ?? []), loss])
  return groups
}

function row(minute: EpochMinute, jobId: JobId, uploads: number, success: boolean): HealthRow {
  const size = { records: 1_000, bytes: 100_000, compressedBytes: 10_000 }
  return aHealthRow({ minute, jobId, status: success ? 200 : 503, success, uploads, ...size })
}
