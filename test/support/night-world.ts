import { accountScope, buildWorld, r2Conf, zoneScope } from '../../src/simulator/world/world-builder.ts'
import type { Scenario, WorldSpec } from '../../src/simulator/world/world-spec.ts'

const seconds = 1_000
const minutes = 60_000
const hours = 3_600_000

/** A failure that retries keep alive for two hours before a batch is given up. */
const patient = [1 * minutes, 5 * minutes, 15 * minutes, 35 * minutes, 70 * minutes]

/**
 * What somebody sees who is woken up after two hours: one job switched off, one losing data, two failing, one
 * late, one that never delivered, one switched off on purpose, and thirteen that are fine.
 */
export function nightWorld(seed = 7): WorldSpec {
  const world = buildWorld(seed)
  const production = world.account('Quay Production')
  const staging = world.account('Quay Staging')
  const zone = (name: string, account = production) => zoneScope(world.zone(name, account))
  const [quay, cdn, registry, status] = [
    zone('quay.example'),
    zone('cdn.example'),
    zone('registry.example'),
    zone('status.example'),
  ]
  const stage = zone('staging.example', staging)
  const s3 = (folder: string): string => `s3://quay-logs/${folder}/{DATE}?region=us-east-1&sse=AES256`
  const splunk =
    'splunk://splunk.quay.example:8088/services/collector/raw?channel=0f8c1d2e-3a4b-4c5d-8e6f-7a8b9c0d1e2f' +
    '&insecure-skip-verify=false&sourcetype=cloudflare:json&header_Authorization=Splunk%20not-a-real-token'
  const busy = { batchEveryMs: 15 * seconds, recordsPerBatch: 24_000, bytesPerRecord: 900 }
  const retrying = (share: number): Scenario => ({ kind: 'retrying', share })
  const job = world.job

  job({
    name: 'quay-http-sumo',
    scope: quay,
    destinationConf: 'sumo://endpoint1.collection.sumologic.com/receiver/v1/http/not-a-real-collector',
    scenario: { kind: 'dead', failure: 'expired_credentials' },
    scenarioSinceMs: 25 * minutes - 24 * hours,
    retryDelaysMs: patient,
  })
  const losing = job({
    name: 'cdn-firewall-splunk',
    scope: cdn,
    dataset: 'firewall_events',
    destinationConf: splunk,
    traffic: { batchEveryMs: 12 * seconds, recordsPerBatch: 3_400 },
    retryDelaysMs: [5 * seconds, 20 * seconds],
  })
  const refused = job({
    name: 'registry-http-s3',
    scope: registry,
    destinationConf: s3('registry'),
    traffic: busy,
    retryDelaysMs: patient,
  })
  const throttled = job({
    name: 'cdn-http-datadog',
    scope: cdn,
    destinationConf:
      'datadog://http-intake.logs.datadoghq.com/api/v2/logs?header_DD-API-KEY=not-a-real-key&ddsource=cloudflare',
    scenario: retrying(0.08),
    retryDelaysMs: patient,
  })
  job({ name: 'status-http-r2', scope: status, scenario: { kind: 'idle' }, scenarioSinceMs: -1 * hours })
  job({ name: 'registry-dns-r2', scope: registry, dataset: 'dns_logs', scenario: { kind: 'idle' } })
  job({ name: 'staging-http-newrelic', scope: stage, enabled: false })

  job({ name: 'sre-worker-logs', scope: accountScope(production), dataset: 'workers_trace_events' })
  job({
    name: 'sre-audit-logs',
    scope: accountScope(production),
    dataset: 'audit_logs_v2',
    destinationConf: r2Conf(seed, 'audit'),
    traffic: { batchEveryMs: 2 * minutes, recordsPerBatch: 40 },
  })
  job({ name: 'sre-access-requests', scope: accountScope(production), dataset: 'access_requests' })
  job({ name: 'quay-http-s3', scope: quay, destinationConf: s3('http'), traffic: busy })
  job({ name: 'quay-http-splunk', scope: quay, destinationConf: splunk, scenario: retrying(0.2) })
  job({
    name: 'quay-dns-gcs',
    scope: quay,
    dataset: 'dns_logs',
    destinationConf: 'gs://quay-dns/{DATE}',
    scenario: { kind: 'slow' },
  })
  job({ name: 'cdn-http-r2', scope: cdn, traffic: busy })
  job({
    name: 'cdn-http-azure',
    scope: cdn,
    destinationConf:
      'azure://quaylogs.blob.core.windows.net/logs/http?sv=2024-11-04&ss=b&srt=o&sp=w&se=2032-01-01T00:00:00Z&sig=not-real',
  })
  job({ name: 'registry-firewall-r2', scope: registry, dataset: 'firewall_events' })
  job({ name: 'status-dns-r2', scope: status, dataset: 'dns_logs' })
  job({ name: 'staging-audit-logs', scope: accountScope(staging), traffic: { batchEveryMs: minutes } })
  job({ name: 'staging-http-s3', scope: stage, destinationConf: s3('staging') })
  job({ name: 'staging-dns-r2', scope: stage, dataset: 'dns_logs' })

  world.at({ jobId: refused, atMs: 22 * minutes, action: { kind: 'break', failure: 'access_denied' } })
  world.at({
    jobId: losing,
    atMs: 74 * minutes,
    action: { kind: 'scenario', scenario: { kind: 'losing', share: 0.3, failure: 'server_error' } },
  })
  world.at({ jobId: throttled, atMs: 96 * minutes, action: { kind: 'break', failure: 'throttled' } })
  world.policy({
    accountId: production,
    name: 'Logpush job disabled',
    alertType: 'failing_logpush_job_disabled_alert',
    mechanisms: { email: [{ id: 'sre@quay.example' }] },
  })
  return world.spec({ ingestion: { fastestMs: 800, usualMs: 5_000 } })
}
