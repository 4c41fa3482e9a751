import { accountScope, buildWorld, zoneScope } from './world-builder.ts'
import type { Scenario, WorldSpec } from './world-spec.ts'

export interface LargeWorld {
  readonly zones: number
  /** How many of the zones have jobs. */
  readonly zonesWithJobs: number
  readonly jobsPerZone: number
  /** Zones are spread over them evenly; 1 when absent. */
  readonly accounts?: number
}

const datasets = ['http_requests', 'firewall_events', 'dns_logs', 'nel_reports', 'page_shield_events']

/** A world for benchmarks: one in fifty jobs loses batches, one in fifty retries. */
export function largeWorld(seed: number, size: LargeWorld): WorldSpec {
  const world = buildWorld(seed)
  const accounts = Array.from({ length: size.accounts ?? 1 }, (_, i) => world.account(`account-${i + 1}`))
  for (let i = 0; i < size.zones; i += 1) {
    const accountId = accounts[i % accounts.length] ?? ''
    const zone = world.zone(`zone-${String(i + 1).padStart(5, '0')}.example`, accountId)
    if (i >= size.zonesWithJobs) continue
    for (let j = 0; j < size.jobsPerZone; j += 1) {
      world.job({
        scope: zoneScope(zone),
        name: `zone-${i + 1}-job-${j + 1}`,
        dataset: datasets[j % datasets.length] ?? 'http_requests',
        scenario: fateOf(i * size.jobsPerZone + j),
        traffic: { batchEveryMs: 60_000 },
      })
    }
  }
  for (const account of accounts) world.job({ scope: accountScope(account), dataset: 'audit_logs' })
  return world.spec()
}

function fateOf(index: number): Scenario {
  if (index % 50 === 7) return { kind: 'losing', share: 0.2, failure: 'server_error' }
  if (index % 50 === 23) return { kind: 'retrying', share: 0.5 }
  return { kind: 'healthy' }
}
