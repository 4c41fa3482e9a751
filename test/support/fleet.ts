import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { buildWorld, zoneScope } from '../../src/simulator/world/world-builder.ts'

const datasets = ['http_requests', 'firewall_events', 'dns_logs'] as const
const fields: Readonly<Record<string, readonly string[]>> = {
  http_requests: ['ClientIP', 'RayID'],
  firewall_events: ['Action', 'RayID'],
  dns_logs: ['QueryName', 'Timestamp'],
}

/** Names of jobs have no underscores. */
const dashed = (dataset: string) => dataset.replaceAll('_', '-')

export interface Fleet {
  readonly sim: Simulator
  /** Of the manifest that wants exactly what is live. */
  readonly path: string
  readonly env: Readonly<Record<string, string>>
}

/** An account of many zones, three jobs in each, and the manifest for them. Rate limits are those of the real API. */
export async function startFleet(zones: number): Promise<Fleet> {
  const built = buildWorld(zones)
  const account = built.account('Fleet')
  for (let index = 0; index < zones; index += 1) {
    const name = `zone-${index}.example`
    const id = built.zone(name, account)
    for (const dataset of datasets) {
      built.job({
        scope: zoneScope(id),
        name: `sre-${dashed(dataset)}`,
        dataset,
        destinationConf: `s3://fleet/${dataset}/${name}/{DATE}?region=us-east-1`,
        enabled: true,
        fields: { output_options: { field_names: [...(fields[dataset] ?? [])] } },
      })
    }
  }
  const sim = await startSimulator({ world: built.spec() })
  const folder = mkdtempSync(join(tmpdir(), 'fleet-'))
  const path = join(folder, 'fleet.yaml')
  const jobs = datasets.map(
    (dataset) => `  - name: sre-${dashed(dataset)}
    zones: all
    dataset: ${dataset}
    destination: { s3: { bucket: fleet, path: "\${dataset}/\${zone}/{DATE}", region: us-east-1 } }
    output: { fields: [${(fields[dataset] ?? []).join(', ')}] }
`,
  )
  writeFileSync(path, `version: 1\naccount: { id: ${account} }\nowner: sre\njobs:\n${jobs.join('')}`)
  const env = {
    CLOUDFLARE_API_TOKEN: sim.token,
    LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url,
    XDG_CACHE_HOME: folder,
  }
  return { sim, path, env }
}
