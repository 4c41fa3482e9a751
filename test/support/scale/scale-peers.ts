/*
 * What other exporters would see of the lost batches of a scale world, by the windows and queries that their sources
 * have: a minute, cut five minutes ago, of every zone in tens, again each minute; a query that is refused is not
 * repeated, and its window is never asked for again. Everything else is assumed to work.
 */
import { minuteMs, minuteOf } from '../../../src/domain/time.ts'
import { randomSequence } from '../../../src/simulator/world/prng.ts'
import { percentile } from '../../bench/figures.ts'
import type { ScaleWorld } from './scale-world.ts'

export interface Peer {
  readonly name: string
  /** GraphQL queries each minute. */
  readonly queries: { readonly perAccount: number; readonly perTenZones: number }
}

export const peers: readonly Peer[] = [
  { name: 'lablabs/cloudflare-exporter', queries: { perAccount: 2, perTenZones: 4 } },
  { name: 'cloudflare/cloudflare-prometheus-exporter', queries: { perAccount: 3, perTenZones: 11 } },
]

export interface PeerFigures {
  /** Of the lost batches, in [0, 1]. */
  readonly seen: number
  /** Seconds from when Cloudflare shows a lost batch; NaN when none was seen. */
  readonly detection: { readonly p50: number; readonly p99: number }
  readonly queriesPerMinute: number
}

const delayMs = 300_000
const limit = { queries: 300, windowMinutes: 5 } as const

export function peerFigures({ accounts, zones, losses }: ScaleWorld, peer: Peer): PeerFigures {
  const random = randomSequence(7)
  const zonesOf = new Map<string, string[]>(accounts.map(({ id }) => [id, []]))
  for (const { id, account } of zones) zonesOf.get(account.id)?.push(id)
  const batches = [...zonesOf.values()].flatMap((ids) =>
    Array.from({ length: Math.ceil(ids.length / 10) }, (_, nth) => ids.slice(nth * 10, nth * 10 + 10)),
  )
  const queriesPerMinute =
    accounts.length * peer.queries.perAccount + batches.length * peer.queries.perTenZones
  const batchOf = new Map(batches.flatMap((ids, nth) => ids.map((id) => [id, nth] as const)))
  const [first, last] = [losses[0]?.minute ?? 0, losses.at(-1)?.minute ?? 0]
  const found: number[] = []
  const sent: number[] = []
  for (let tick = first; tick <= last + 10; tick += 1) {
    const room = limit.queries - sent.slice(1 - limit.windowMinutes).reduce((sum, one) => sum + one, 0)
    const passed = Math.min(1, Math.max(0, room) / queriesPerMinute)
    sent.push(Math.round(passed * queriesPerMinute))
    // Queries go out side by side: which of them are within the limit is a matter of chance.
    const isRead = batches.map(() => random() < passed)
    const now = tick * minuteMs
    for (const { zone, minute, visibleAt } of losses) {
      if (minute !== minuteOf(now - delayMs) - 1 || visibleAt > now) continue
      if (isRead[batchOf.get(zone.id) ?? -1] === true) found.push((now - visibleAt) / 1000)
    }
  }
  return {
    seen: found.length / losses.length,
    detection: { p50: percentile(found, 50), p99: percentile(found, 99) },
    queriesPerMinute,
  }
}
