import type { Budget } from '../../src/access/budget.ts'
import { type AccountScope, scopeKey, type ZoneScope } from '../../src/domain/scope.ts'
import { Secret } from '../../src/domain/secret.ts'
import type { JobsApi, OwnershipApi } from '../../src/ports/cloudflare.ts'
import type { NotificationsApi } from '../../src/ports/notifications.ts'
import type { ObjectReader } from '../../src/ports/object-reader.ts'
import type { Clock } from '../../src/ports/runtime.ts'
import { applyPlan } from '../../src/provision/apply/apply.ts'
import type { ApplyEvent } from '../../src/provision/apply/apply-event.ts'
import type { ApplyReport } from '../../src/provision/apply/apply-outcome.ts'
import { createChallenges } from '../../src/provision/ownership/challenge.ts'
import type { Plan } from '../../src/provision/plan/change.ts'
import { makeDestroyPlan, makePlan } from '../../src/provision/plan/plan.ts'
import { planEverything } from '../../src/provision/plan/plan-options.ts'
import { actualJob, actualPolicy, actualWebhook } from '../../src/provision/resource/live-resource.ts'
import { outputForm } from '../../src/provision/resource/output-form.ts'
import type { ActualState, Desired, DesiredState } from '../../src/provision/resource/resource.ts'
import { createMemoryChallengeCache } from '../../src/runtime/challenge-cache.ts'
import { aCaller } from './callers.ts'
import { createFakeCloudflare, type FakeCloudflare } from './fake-cloudflare.ts'
import { leapingClock } from './leaping-clock.ts'
import { type LogLine, logSink } from './log-sink.ts'
import { account, accountId, aJob, aPolicy, aWebhook, wanting } from './provision-values.ts'

const owner = { id: accountId, name: 'Quay' }

/** Three zones of the account. */
export const zones = [1, 2, 3].map((number) => ({
  kind: 'zone' as const,
  id: String(number).repeat(32),
  name: `quay${number}.example`,
  account: owner,
}))

const canaries = ['canary-s3', 'canary-hec', 'canary-webhook-secret', 'canary-path'] as const

/** What must never be seen. */
export const secretTexts: readonly string[] = canaries

/** Where a manifest's objects are to live. */
export interface Places {
  readonly account: AccountScope
  readonly zones: readonly ZoneScope[]
}

/** 12 jobs over 3 zones and 1 account, some with challenges (two share one), 2 webhooks and 3 policies. */
export function aWideManifest(places: Places = { account, zones }): DesiredState {
  const { account: home } = places
  const challenged = new Secret('s3://quay-logs/zone/{DATE}?region=us-east-1')
  const splunk = new Secret(
    'splunk://hec.example.com:8088/services/collector/raw?channel=c&insecure-skip-verify=false&sourcetype=cf&header_Authorization=Splunk%20canary-hec',
  )
  // Each dataset has its own fields, so none are said.
  const output = outputForm(null, { timestamp_format: 'rfc3339' })
  const jobs = places.zones.flatMap((scope, index) => [
    aJob({ scope, name: 'sre-http', dataset: 'http_requests', destinationConf: challenged, output }),
    aJob({ scope, name: 'sre-firewall', dataset: 'firewall_events', destinationConf: challenged, output }),
    aJob({
      scope,
      name: `sre-dns-${index}`,
      dataset: 'dns_logs',
      destinationConf: splunk,
      enabled: false,
      output,
    }),
  ])
  const { resource } = aWebhook()
  const chat = {
    ...resource,
    scope: home,
    name: 'sre-chat',
    url: new Secret('https://chat.example.com/canary-path'),
  }
  const filter = { where: { key: 'ActionType', operator: 'eq', value: 'login' } }
  const resources: readonly Desired[] = [
    ...jobs,
    aJob({ scope: home }),
    aJob({ scope: home, name: 'sre-audit-logs', dataset: 'audit_logs_v2', filter, output }),
    aJob({
      scope: home,
      name: 'sre-dns',
      dataset: 'gateway_dns',
      output,
      destinationConf: new Secret('gs://quay-logs/dns'),
    }),
    aWebhook('sre-exporter', { resource: { ...resource, scope: home } }),
    aWebhook('sre-chat', { secret: null, resource: chat }),
    aPolicy({ scope: home }),
    aPolicy({ scope: home, name: 'sre-both', webhooks: ['sre-exporter', 'sre-chat'], email: [] }),
    aPolicy({ scope: home, name: 'sre-pager', webhooks: [], pagerduty: ['SRE primary'] }),
  ]
  return wanting(resources, {
    scopes: [home, ...places.zones],
    notificationAccounts: [home],
    owners: [{ accountId: home.id, prefix: 'sre-', prune: false }],
  })
}

/** The parts of Cloudflare that provisioning writes to, and the challenge files it wrote, by key. */
export interface CloudflareSide {
  readonly jobs: JobsApi
  readonly notifications: NotificationsApi
  readonly ownership: OwnershipApi
  readonly challengeFiles: ReadonlyMap<string, Secret>
}

export function aFakeCloudflare(): FakeCloudflare {
  return createFakeCloudflare({
    accounts: [owner],
    zones,
    pagerduty: [{ id: 'a'.repeat(32), name: 'SRE primary' }],
  })
}

/** Everything in the scopes of a manifest, as plan wants it. */
export async function readAll(cloudflare: CloudflareSide, desired: DesiredState): Promise<ActualState> {
  const options = { signal: new AbortController().signal }
  const [home = account] = desired.notificationAccounts
  const { items: webhooks } = await cloudflare.notifications.listWebhooks(home.id, options)
  const services = await cloudflare.notifications.listPagerDuty(home.id, options)
  const { items: policies } = await cloudflare.notifications.listPolicies(home.id, options)
  const jobs = await Promise.all(
    desired.scopes.map(async (scope) =>
      (await cloudflare.jobs.listJobs(scope, options)).items.map((job) => actualJob(scope, job)),
    ),
  )
  const names = {
    webhooks: new Map(webhooks.map(({ id, name }) => [id, name])),
    pagerduty: new Map(services.map(({ id, name }) => [id, name])),
  }
  return {
    resources: [
      ...jobs.flat(),
      ...webhooks.map((webhook) => actualWebhook(home, webhook)),
      ...policies.map((policy) => actualPolicy(home, policy, names)),
    ],
    unreadable: [],
    pagerduty: new Map([[home.id, services]]),
  }
}

export interface Run {
  readonly report: ApplyReport
  readonly events: readonly ApplyEvent[]
  readonly logs: readonly LogLine[]
}

export interface RunOptions {
  readonly parallel?: number
  readonly signal?: AbortSignal
  readonly clock?: Clock
  readonly budget?: Pick<Budget, 'run'>
  readonly onEvent?: (event: ApplyEvent) => void
}

/** A cache and a clock that outlive a run, as those of one machine do. */
export function aMachine(cloudflare: CloudflareSide, clock: Clock = leapingClock()) {
  const cache = createMemoryChallengeCache()
  const reader: ObjectReader = {
    read: async (location) => cloudflare.challengeFiles.get(location.key) ?? 'absent',
  }
  const sent: string[] = []
  return {
    sent,
    cache,
    plan: async (desired: DesiredState) =>
      makePlan(desired, await readAll(cloudflare, desired), planEverything),
    destroyPlan: async (desired: DesiredState) =>
      makeDestroyPlan(desired, await readAll(cloudflare, desired), []),
    async apply(plan: Plan, options: RunOptions = {}): Promise<Run> {
      const clockOfRun = options.clock ?? clock
      const events: ApplyEvent[] = []
      const log = logSink()
      const budget = options.budget === undefined ? {} : { budget: options.budget }
      const call = aCaller({ clock: clockOfRun, ...budget })
      const challenges = createChallenges({
        ownership: cloudflare.ownership,
        reader,
        cache,
        clock: clockOfRun,
        waitMs: 60_000,
        call,
      })
      const report = await applyPlan(
        plan,
        {
          jobs: cloudflare.jobs,
          notifications: cloudflare.notifications,
          challenges,
          clock: clockOfRun,
          call,
          log,
          onEvent: (event) => {
            events.push(event)
            options.onEvent?.(event)
          },
          onWebhookSent: async ({ resource }) => {
            sent.push(resource.name)
          },
        },
        { parallel: options.parallel ?? 1, signal: options.signal ?? new AbortController().signal },
      )
      return { report, events, logs: log.lines }
    },
  }
}

/** All that is in the scopes of a manifest, secrets open, ids left out, as one text. */
export async function worldText(cloudflare: CloudflareSide, desired: DesiredState): Promise<string> {
  const { resources } = await readAll(cloudflare, desired)
  const texts = resources.map(({ resource }) =>
    JSON.stringify(resource, (_, value) => (value instanceof Secret ? value.reveal() : value)),
  )
  return texts.sort().join('\n')
}

/** Ends of a run by object, e.g. `zone:… sre-http: done`. */
export function statesOf({ report }: Run): readonly string[] {
  return report.steps.map(({ subject, outcome }) => `${subject.change} ${subject.name} ${outcome.state}`)
}

/** Live jobs, by scope and name, with how many there are of each. */
export function jobCounts(actual: ActualState): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { kind, resource } of actual.resources) {
    const key = `${kind} ${scopeKey(resource.scope)} ${resource.name}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}
