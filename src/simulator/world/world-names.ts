import { demoWorld } from './demo-world.ts'
import { largeWorld } from './large-world.ts'
import { buildWorld } from './world-builder.ts'
import type { WorldSpec } from './world-spec.ts'

/** The world with that name; throws a RangeError that lists the names there are. */
export function worldSpecOf(name: string, seed: number): WorldSpec {
  const [kind, sizes] = name.split(':')
  switch (kind) {
    case 'demo':
      return demoWorld(seed)
    case 'empty': {
      const world = buildWorld(seed)
      world.account('Empty')
      return world.spec()
    }
    case 'large': {
      const [zones = 10_000, zonesWithJobs = 500, jobsPerZone = 20] = (sizes ?? '')
        .split(',')
        .flatMap((text) => {
          const size = Number.parseInt(text, 10)
          return Number.isNaN(size) ? [] : [size]
        })
      return largeWorld(seed, { zones, zonesWithJobs, jobsPerZone })
    }
    default:
      throw new RangeError(
        `unknown world "${name}": it is demo, empty, or large[:zones,zones with jobs,jobs per zone]`,
      )
  }
}
