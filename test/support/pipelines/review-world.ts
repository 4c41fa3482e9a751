import { startSimulator } from '../../../src/simulator/server.ts'
import { buildWorld } from '../../../src/simulator/world/world-builder.ts'
import { ask } from '../simulation.ts'
import { pipelineSite, type Site } from './machine.ts'

/** A manifest with a secret from the environment and one from a file, as the pipelines hand them over. */
export const manifest = `version: 1
account: { name: Quay }
owner: sre
jobs:
  - name: sre-http
    zone: quay.example
    dataset: http_requests
    destination: { r2: { bucket: quay-logs, path: "http/{DATE}", account_id: 0123456789abcdef0123456789abcdef, access_key_id: "\${env:R2_ACCESS_KEY_ID}", secret_access_key: "\${file:secrets/R2_SECRET_ACCESS_KEY}" } }
    output: { fields: [RayID, ClientIP] }
`

/** The manifest with an error that needs no secret to be seen. */
export const invalid = manifest.replace('dataset:', 'dataste:')
export const wrongDataset =
  /manifest\.yaml:\d+:\d+: jobs\[0\]: unknown key "dataste"; did you mean "dataset"\?/

/** What must be in no log: the manifest's secret. */
export const secretKey = 'canary-0123456789'

export interface ReviewWorld {
  readonly site: Site
  /** Of the simulated Cloudflare. */
  readonly token: string
  push(manifest: string): void
  /** Jobs of the zone that are live, as Cloudflare gives them back. */
  liveJobs(): Promise<
    readonly { readonly name: string; readonly destination_conf: string; readonly enabled: boolean }[]
  >
  /** Somebody else creates a job of the manifest by hand. */
  createByHand(name: string): Promise<void>
}

/** A simulated account with a zone, and a repository with a manifest for it. */
export async function reviewWorld(t: { teardown(end: () => unknown): unknown }): Promise<ReviewWorld> {
  const built = buildWorld(7)
  const zone = built.zone('quay.example', built.account('Quay'))
  const sim = await startSimulator({ world: built.spec() })
  t.teardown(() => sim.close())
  const repository = new Map([['logpush/manifest.yaml', manifest]])
  const jobs = `/zones/${zone}/logpush/jobs`
  return {
    site: pipelineSite(t, sim.url, repository),
    token: sim.token,
    push: (text) => repository.set('logpush/manifest.yaml', text),
    liveJobs: async () => (await ask(sim, jobs)).body.result,
    createByHand: async (name) => {
      const body = {
        name,
        dataset: 'http_requests',
        destination_conf: 'datadog://http-intake.logs.datadoghq.eu/api/v2/logs?header_DD-API-KEY=x',
      }
      const answer = await ask(sim, jobs, { body })
      if (answer.status !== 200 && answer.status !== 201) throw new Error(JSON.stringify(answer.body))
    },
  }
}
