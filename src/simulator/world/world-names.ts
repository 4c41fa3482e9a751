import { demoWorld } from './demo-world.ts'
import { largeWorld } from './large-world.ts'
import { buildWorld } from './world-builder.ts'
import type { WorldSpec } from './world-spec.ts'

/** The names that `worldSpecOf` knows, as a sentence says them. */
export const worldNames = 'demo, empty or large[:ZONES[,ZONES_WITH_JOBS[,JOBS_PER_ZONE]]]'

/** The world with that name; null when there is none. */
export function worldSpecOf(name: string, seed: number): WorldSpec | null {
  if (name === 'demo') return demoWorld(seed)
  if (name === 'empty') {
    const world = buildWorld(seed)
    world.account('Empty')
    return world.spec()
  }
  const large = /^large(?::(\d{1,6})(?:,(\d{1,6})(?:,(\d{1,6}))?)?)?$/.exec(name)
  if (large === null) return null
  const [zones = 10_000, withJobs = 500, jobsPerZone = 20] = large
    .slice(1)
    .map((text) => (text === undefined ? undefined : Number(text)))
  return largeWorld(seed, { zones, zonesWithJobs: Math.min(withJobs, zones), jobsPerZone })
}
