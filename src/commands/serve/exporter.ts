/*
 * The exporter put together: store, budget, polls, metrics and web server around one state. `serve` and `demo` run
 * it. Nothing is polled until `run`; the server listens before that, so the first scrape is answered at once.
 */

import { createServerClock } from '../../access/server-clock.ts'
import type { Secret } from '../../domain/secret.ts'
import { arrivalPoller } from '../../exporter/arrival/arrival-poll.ts'
import { auditPoller } from '../../exporter/audit/audit-poll.ts'
import { historyPoller, type WebhookReports } from '../../exporter/notifications/history-poll.ts'
import { createNotifications, type Notifications } from '../../exporter/notifications/notifications.ts'
import { createReadinessGate } from '../../exporter/readiness.ts'
import { createScopeMemory } from '../../exporter/state/scope-memory.ts'
import { createSelfState } from '../../exporter/state/self-state.ts'
import { createState } from '../../exporter/state/state.ts'
import { createUploadHistory } from '../../exporter/state/upload-history.ts'
import { tokenPoller } from '../../exporter/token-poll.ts'
import { createWatch, recall, watchSteps } from '../../exporter/watch.ts'
import type { WebConfigSource } from '../../http/access/web-config-source.ts'
import type { ListenAddress } from '../../http/listeners.ts'
import { buildServer, type HttpServer, type ServerDeps } from '../../http/server.ts'
import { webhookRoute } from '../../http/webhook-route.ts'
import type { ExpositionSource } from '../../metrics/exposition.ts'
import type { RecordStore } from '../../ports/record-store.ts'
import type { Clock, Log, Random, ReadFile } from '../../ports/runtime.ts'
import { defer } from '../../runtime/defer.ts'
import { runbookFiles } from '../../runtime/runbook-files.ts'
import { shippedPath } from '../../runtime/shipped-file.ts'
import { createTurns } from '../../runtime/turns.ts'
import { changedSettings, reloadedSettings } from '../../settings/exporter-rules.ts'
import type { Settings } from '../../settings/exporter-settings.ts'
import { build } from '../../version.ts'
import { openCloudflare } from '../cloudflare.ts'
import { openArrival, slotsOf, toldTo } from './arrival-part.ts'
import { openDriftPart } from './drift-part.ts'
import { runUntil } from './exporter-lifetime.ts'
import { createExporterMetrics } from './exporter-metrics.ts'
import { watchSettingsOf } from './exporter-settings.ts'
import { openStore } from './exporter-store.ts'
import { createExporterView, readinessOf } from './exporter-view.ts'

export interface ExporterDeps {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly env: Readonly<Record<string, string | undefined>>
  /** For the manifest and the files it refers to. */
  readonly readFile: ReadFile
  readonly pid: number
  readonly nodeVersion: string
  readonly token: { current(): Promise<Secret>; refresh(): void }
  readonly web: WebConfigSource | null
  /** The secrets of Cloudflare's webhooks, any of which is good; null: none are received. */
  readonly webhookSecrets: (() => Promise<readonly Secret[]>) | null
  /** Where several processes share a database: this one's part. Without it, the store is the settings' own. */
  readonly part?: ReplicaPart
  /** Reads the settings again, for reload; a problem keeps the old ones. */
  readonly reread: () => Promise<
    { readonly ok: true; readonly settings: Settings } | { readonly ok: false; readonly problem: string }
  >
}

export interface ReplicaPart {
  readonly store: RecordStore
  /** It stands by for its whole life: it answers, and never polls. Says what it waits for. */
  readonly standby: (() => string) | null
  /** Whether it may speak for its shard. */
  leads(): boolean
  /** Aborted when it must not run it any more. */
  readonly lost: AbortSignal
}

export interface Exporter {
  listen(addresses: readonly ListenAddress[]): Promise<readonly ListenAddress[]>
  /** Polls until the signal, or the part is lost; then ends what is under way, saves, and closes everything. */
  run(stop: AbortSignal): Promise<void>
  /** Takes new settings; those that need a restart are named in the log. */
  reload(): Promise<{ readonly ok: true } | { readonly ok: false; readonly problem: string }>
  /** Resolves when the step (a poller's name) is done for the first time. */
  after(step: string): Promise<void>
  readonly metrics: ExpositionSource
  readonly http: HttpServer
}

export async function createExporter(initial: Settings, deps: ExporterDeps): Promise<Exporter> {
  const { clock, log } = deps
  let settings = initial
  const { part } = deps
  const standby = part?.standby ?? null
  const store = part?.store ?? (await openStore(settings, deps))
  const turns = createTurns(defer)
  const state = createState()
  const self = createSelfState([...watchSteps, tokenPoller, historyPoller, auditPoller, arrivalPoller])
  const server = createServerClock(clock, log)
  const memory = createScopeMemory(store, {
    log,
    now: clock.now,
    revisionWindowMs: () => settings.revisionWindowMs,
  })
  const gate = createReadinessGate(watchSteps)
  recall(state, memory, watchSettingsOf(settings).selection)
  const notifications = createNotifications({ store, memory, state, server, log })
  const webhooks: WebhookReports = new Map()
  const uploads = createUploadHistory()
  const arrival = openArrival({
    state,
    self,
    store,
    server,
    clock,
    log,
    env: deps.env,
    rules: () => settings.arrival,
  })

  const { rest, health, call, budget } = openCloudflare(settings, {
    ...deps,
    // Polls stop by the signal that they are run with.
    stop: new AbortController().signal,
    mayBurst: false,
    turns,
    reads: 'pollRead',
    observe(exchange) {
      self.exchanged(exchange)
      server.observe(exchange)
    },
    onRefusedToken: () => watch.tokenRefused(),
  })
  const watch = createWatch({
    rest,
    graphql: health,
    call,
    budget,
    state,
    self,
    memory,
    server,
    gate,
    uploads: toldTo(uploads, arrival),
    notifications,
    webhooks,
    arrival,
    clock,
    random: deps.random,
    turns,
    log,
    settings: () => watchSettingsOf(settings),
  })
  const own = { self, clock, random: deps.random, log }
  const compared = { io: deps, references: settings, rest, call, ...own }
  const drift = await openDriftPart(standby === null ? settings.manifestFile : null, compared)

  const metrics = createExporterMetrics({
    state,
    self,
    budget,
    server,
    store,
    leads: part?.leads ?? (() => true),
    nodeVersion: deps.nodeVersion,
    notifications,
    webhooks,
    receivesWebhooks: deps.webhookSecrets !== null,
    drift,
    settings: () => settings,
  })
  state.onChange(metrics.changed)

  const reload: Exporter['reload'] = async () => {
    const read = await deps.reread()
    self.reloaded(read.ok, clock.now())
    if (!read.ok) {
      log.error({ problem: read.problem }, 'settings not reloaded; keeping the old ones')
      return read
    }
    const restart = changedSettings(settings, read.settings).filter(({ reloadable }) => !reloadable)
    settings = reloadedSettings(settings, read.settings)
    budget.configure({ share: settings.budgetShare, rateLimitType: settings.rateLimitType })
    metrics.rulesChanged()
    if (settings.arrival.length === 0) state.arrivalsRead(new Map(), true)
    watch.hurry()
    drift.hurry()
    log.info({}, 'settings reloaded')
    if (restart.length > 0)
      log.warn(
        { settings: restart.map(({ name }) => name) },
        'changed settings need a restart to take effect',
      )
    return { ok: true }
  }

  const http = await buildServer({
    about: build,
    telemetryPath: settings.telemetryPath,
    metrics,
    readiness: { state: () => readinessOf(gate.progress(), standby) },
    reload,
    status: createExporterView({
      state,
      history: uploads,
      arrivals: slotsOf(arrival),
      self,
      budget,
      store,
      clock,
      settings: () => settings,
      drift: drift.status,
    }),
    runbooks: runbookFiles(shippedPath('alerts/runbooks')),
    web: deps.web,
    clock,
    log,
    routes: receiverRoutes(deps, notifications),
  })

  return {
    listen: http.listen,
    metrics,
    http,
    reload,
    after: gate.after,
    run: (stop) =>
      runUntil(stop, part?.lost ?? null, {
        polls: [watch.run, drift.run],
        stopping() {
          gate.stopping()
          if (stop.aborted) log.info({}, 'shutting down')
        },
        async close() {
          arrival.close()
          await http.close(2_000)
          await store.close()
        },
        clock,
      }),
  }
}

/** The webhook receiver, where there is a secret to know Cloudflare by. */
function receiverRoutes(
  { webhookSecrets, part, clock, log }: ExporterDeps,
  { receive }: Notifications,
): NonNullable<ServerDeps['routes']> {
  if (webhookSecrets === null) return []
  const take = (part?.standby ?? null) === null ? receive : async () => null
  return [(app) => webhookRoute(app, { secrets: webhookSecrets, receive: take, clock, log })]
}
