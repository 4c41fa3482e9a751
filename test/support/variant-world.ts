import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import type { VariantChoice } from '../../src/simulator/variant/variants.ts'
import { accountScope, buildWorld, zoneScope } from '../../src/simulator/world/world-builder.ts'
import type { WorldSpec } from '../../src/simulator/world/world-spec.ts'

/*
 * A small world in which every variant has something to change: uploads, a notification that was sent, policies,
 * webhooks and services. Jobs deliver for the ten minutes before the start and are idle from then on, so that one
 * look tells whether all of it was counted.
 */

const minute = 60_000
const plenty = { requests: 1_000_000, windowMs: 300_000 }

export interface VariantWorld {
  readonly spec: WorldSpec
  readonly account: string
  /** The zone that a variant may strike. */
  readonly odd: string
  /** Its neighbours. */
  readonly near: readonly string[]
}

/** What is applied before a plan is made under a variant; the plan adds to it. */
const applied = `version: 1
account: { name: Quay }
owner: sre
jobs:
  - name: sre-http
    zone: a.example
    dataset: http_requests
    destination: { r2: { bucket: quay-logs, path: "{DATE}", account_id: 0123456789abcdef0123456789abcdef, access_key_id: AKID, secret_access_key: "\${env:R2_SECRET}" } }
    output: { fields: [RayID, ClientIP], timestamp_format: rfc3339 }
    filter: { where: { key: ClientIP, operator: eq, value: 192.0.2.1 } }
  - name: sre-audit
    scope: account
    dataset: audit_logs_v2
    destination: { datadog: { site: datadoghq.eu, api_key: "\${env:DD_KEY}" } }
    output: { fields: all }
notifications:
  policies:
    - { name: sre-disabled, alert: failing_logpush_job_disabled_alert, pagerduty: [SRE primary], email: [sre@example.com] }
`

export const manifests = {
  applied,
  wanted: `${applied.replace(
    'notifications:',
    `  - name: sre-dns
    zone: odd.example
    dataset: dns_logs
    destination: { splunk: { host: hec.example.com, channel: c, sourcetype: cloudflare, token: "\${env:HEC}" } }
    output: { fields: all }
notifications:`,
  )}    - { name: sre-mail, alert: failing_logpush_job_disabled_alert, email: [ops@example.com] }
`,
  env: { R2_SECRET: 'canary-r2', DD_KEY: 'canary-dd', HEC: 'canary-hec' },
} as const

export function variantWorld(): VariantWorld {
  const build = buildWorld(11)
  const account = build.account('Quay')
  const [odd = '', ...near] = ['odd.example', 'a.example', 'b.example'].map((name) =>
    build.zone(name, account),
  )
  const traffic = { batchEveryMs: 20_000, recordsPerBatch: 500 }
  const job = (name: string, scope: ReturnType<typeof zoneScope>, share = 0): void => {
    const id = build.job({
      name,
      scope,
      traffic,
      createdMs: -10 * minute,
      scenario: share === 0 ? { kind: 'healthy' } : { kind: 'losing', share, failure: 'server_error' },
    })
    build.at({ atMs: -2 * minute, jobId: id, action: { kind: 'scenario', scenario: { kind: 'idle' } } })
  }
  job('odd', zoneScope(odd))
  for (const id of near) {
    job(`healthy ${id.slice(0, 4)}`, zoneScope(id))
    job(`losing ${id.slice(0, 4)}`, zoneScope(id), 0.3)
  }
  job('audit', accountScope(account))
  const service = build.pagerduty(account, 'SRE primary')
  const webhook = build.webhook({ accountId: account, name: 'theirs', url: 'http://127.0.0.1:9/' })
  build.policy({
    accountId: account,
    name: 'theirs',
    alertType: 'failing_logpush_job_disabled_alert',
    mechanisms: { webhooks: [{ id: webhook }], pagerduty: [{ id: service }] },
  })
  build.token({ expiresOn: Date.UTC(2030, 0, 1) })
  const ingestion = { fastestMs: 0, usualMs: 1_000, lateShare: 0, latestShare: 0 }
  return { spec: build.spec({ ingestion }), account, odd, near }
}

export async function startVariantWorld(
  startAt: number,
  variants: readonly VariantChoice[] = [],
  contrary = false,
): Promise<{ readonly simulator: Simulator; readonly world: VariantWorld }> {
  const world = variantWorld()
  const simulator = await startSimulator({
    world: world.spec,
    startAt,
    speed: 0,
    dateHeader: true,
    rateLimits: { rest: plenty, graphql: plenty },
    variants,
    contrary,
  })
  return { simulator, world }
}
