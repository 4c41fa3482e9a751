import { hexId } from './prng.ts'
import {
  accountScope,
  buildWorld,
  type JobDraft,
  r2Conf,
  type WorldBuilder,
  zoneScope,
} from './world-builder.ts'
import type { JobAction, Scenario, WorldSpec } from './world-spec.ts'

const seconds = (count: number): number => count * 1_000
const minutes = (count: number): number => count * 60_000
const hours = (count: number): number => count * 3_600_000

/**
 * Two accounts, six zones and twenty-one jobs with every scenario there is. `quay-firewall-splunk` loses its
 * first batch about half a minute after the start, `quay-http-sumo` is disabled about two minutes
 * after it, and after that something breaks or is mended every few minutes, forever. Where files are written, the
 * store of `sre-worker-logs` has been losing some for eighteen minutes, those of `cdn-http-r2` have gone to another folder for
 * fifteen, and some of `staging-http-s3` show up late.
 */
export function demoWorld(seed: number): WorldSpec {
  const world = buildWorld(seed)
  const production = world.account('Quay Production')
  const staging = world.account('Quay Staging')
  const jobs = productionJobs(world, seed, production)
  stagingJobs(world, seed, staging)
  for (const accountId of [production, staging]) notify(world, accountId)
  script(world, jobs)
  return world.spec({ ingestion: { fastestMs: 800, usualMs: 5_000 } })
}

const losing = (share: number): Scenario => ({ kind: 'losing', share, failure: 'server_error' })

function productionJobs(world: WorldBuilder, seed: number, account: string) {
  const quay = zoneScope(world.zone('quay.example', account))
  const cdn = zoneScope(world.zone('cdn.example', account))
  const registry = zoneScope(world.zone('registry.example', account))
  const status = zoneScope(world.zone('status.example', account))
  const confs = confsOf(seed)
  const busy = { batchEveryMs: 15_000, recordsPerBatch: 60_000, bytesPerRecord: 900 }
  const job = (name: string, draft: Omit<JobDraft, 'name'>): number => world.job({ name, ...draft })

  job('sre-worker-logs', {
    scope: accountScope(account),
    dataset: 'workers_trace_events',
    destinationConf: confs.s3('workers'),
    storeFault: { fault: { kind: 'lost', every: 5 }, sinceMs: -minutes(18) },
  })
  job('sre-audit-logs', {
    scope: accountScope(account),
    dataset: 'audit_logs_v2',
    destinationConf: r2Conf(seed, 'audit'),
    traffic: { batchEveryMs: minutes(2), recordsPerBatch: 40 },
  })
  job('sre-access-requests', { scope: accountScope(account), dataset: 'access_requests' })
  job('quay-http-s3', { scope: quay, destinationConf: confs.s3('http'), traffic: busy })
  job('quay-http-splunk', {
    scope: quay,
    destinationConf: confs.splunk('http'),
    scenario: { kind: 'retrying', share: 0.3 },
  })
  const firewall = job('quay-firewall-splunk', {
    scope: quay,
    dataset: 'firewall_events',
    destinationConf: confs.splunk('firewall'),
    traffic: { batchEveryMs: seconds(8), recordsPerBatch: 900 },
    retryDelaysMs: [seconds(3), seconds(5)],
  })
  job('quay-dns-gcs', {
    scope: quay,
    dataset: 'dns_logs',
    destinationConf: 'gs://quay-dns/{DATE}',
    scenario: { kind: 'slow' },
  })
  const doomed = job('quay-http-sumo', {
    scope: quay,
    destinationConf: `sumo://endpoint1.collection.sumologic.com/receiver/v1/http/${hexId(seed, 'sumo')}`,
    scenario: { kind: 'dead', failure: 'expired_credentials' },
    scenarioSinceMs: minutes(2) - hours(24),
  })
  job('cdn-http-r2', {
    scope: cdn,
    destinationConf: r2Conf(seed, 'cdn'),
    traffic: busy,
    storeFault: { fault: { kind: 'elsewhere', path: 'cdn-old/{DATE}' }, sinceMs: -minutes(15) },
  })
  const datadog = job('cdn-http-datadog', {
    scope: cdn,
    destinationConf: confs.datadog,
    scenario: { kind: 'retrying', share: 0.1 },
  })
  const deleted = job('cdn-firewall-r2', { scope: cdn, dataset: 'firewall_events' })
  const azure = job('cdn-http-azure', { scope: cdn, destinationConf: confs.azure })
  job('registry-http-s3', {
    scope: registry,
    destinationConf: confs.s3('registry'),
    scenario: { kind: 'dead', failure: 'not_found' },
    scenarioSinceMs: -hours(30),
  })
  job('registry-firewall-r2', { scope: registry, dataset: 'firewall_events' })
  job('registry-dns-r2', { scope: registry, dataset: 'dns_logs', scenario: { kind: 'idle' } })
  job('status-http-r2', { scope: status, scenario: { kind: 'idle' }, scenarioSinceMs: -hours(3) })
  return { firewall, doomed, datadog, deleted, azure }
}

function stagingJobs(world: WorldBuilder, seed: number, account: string): void {
  const stage = zoneScope(world.zone('staging.example', account))
  const lab = zoneScope(world.zone('lab.example', account))
  world.job({
    name: 'staging-audit-logs',
    scope: accountScope(account),
    traffic: { batchEveryMs: minutes(1) },
  })
  world.job({
    name: 'staging-http-s3',
    scope: stage,
    destinationConf: confsOf(seed).s3('staging'),
    storeFault: { fault: { kind: 'late', byMs: seconds(90), every: 4 }, sinceMs: -hours(1) },
  })
  world.job({
    name: 'staging-http-newrelic',
    scope: stage,
    destinationConf: confsOf(seed).newRelic,
    scenario: losing(0.02),
  })
  world.job({ name: 'lab-http-r2', scope: lab, enabled: false })
  world.job({ name: 'lab-dns-r2', scope: lab, dataset: 'dns_logs' })
}

function notify(world: WorldBuilder, accountId: string): void {
  const service = world.pagerduty(accountId, 'SRE primary')
  world.policy({
    accountId,
    name: `Logpush job disabled (${accountId.slice(0, 4)})`,
    alertType: 'failing_logpush_job_disabled_alert',
    mechanisms: { email: [{ id: 'sre@quay.example' }], pagerduty: [{ id: service }], webhooks: [] },
  })
}

function script(world: WorldBuilder, cast: ReturnType<typeof productionJobs>): void {
  const step = (jobId: number, atMs: number, action: JobAction, everyMs?: number): void =>
    world.at({ jobId, atMs, action, ...(everyMs === undefined ? {} : { everyMs }) })
  step(cast.firewall, seconds(10), { kind: 'scenario', scenario: losing(1) })
  step(cast.firewall, seconds(38), { kind: 'scenario', scenario: losing(0.1) })
  step(cast.deleted, minutes(4), { kind: 'delete' })
  step(cast.azure, minutes(1.5), { kind: 'break', failure: 'access_denied' }, minutes(9))
  step(cast.azure, minutes(4.5), { kind: 'mend' }, minutes(9))
  step(cast.datadog, minutes(5), { kind: 'break', failure: 'throttled' }, minutes(7))
  step(
    cast.datadog,
    minutes(6.5),
    { kind: 'scenario', scenario: { kind: 'retrying', share: 0.1 } },
    minutes(7),
  )
  step(cast.doomed, minutes(8), { kind: 'mend' })
  step(cast.doomed, minutes(8), { kind: 'enable' })
}

function confsOf(seed: number) {
  const secret = (name: string): string => hexId(seed, `demo ${name}`)
  const guid = (name: string): string =>
    secret(name).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return {
    s3: (folder: string) => `s3://quay-logs/${folder}/{DATE}?region=us-east-1&sse=AES256`,
    splunk: (name: string) =>
      `splunk://splunk.quay.example:8088/services/collector/raw?channel=${guid(`channel ${name}`)}` +
      `&insecure-skip-verify=false&sourcetype=cloudflare:json&header_Authorization=Splunk%20${guid(`hec ${name}`)}`,
    datadog:
      `datadog://http-intake.logs.datadoghq.com/api/v2/logs?header_DD-API-KEY=${secret('datadog')}` +
      '&ddsource=cloudflare&service=cdn',
    azure:
      'azure://quaylogs.blob.core.windows.net/logs/http?sv=2024-11-04&ss=b&srt=o&sp=w' +
      `&se=2032-01-01T00:00:00Z&sig=${secret('azure')}`,
    newRelic: `https://log-api.newrelic.com/log/v1?Api-Key=${secret('newrelic')}&format=cloudflare`,
  }
}
