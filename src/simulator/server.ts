import { type FastifyInstance, fastify } from 'fastify'
import { createChallengeKey } from './api/challenge.ts'
import { createFaults, type Faults } from './api/faults.ts'
import { createRateLimiter, defaultRateLimits, type RateLimits } from './api/rate-limits.ts'
import { createRequestLog, type RequestLog } from './api/request-log.ts'
import { failure, SimError, simErrors } from './api/sim-error.ts'
import { serveControls } from './control-plugin.ts'
import { createGraphqlEngine } from './graphql/graphql-engine.ts'
import { serveGraphql } from './graphql/graphql-plugin.ts'
import { createLogFiles, type LogFiles } from './log-files.ts'
import { alertingRoutes } from './rest/rest-alerting.ts'
import { auditRoutes } from './rest/rest-audit.ts'
import { directoryRoutes } from './rest/rest-directory.ts'
import { jobRoutes } from './rest/rest-jobs.ts'
import { ownershipRoutes } from './rest/rest-ownership.ts'
import { serveRest } from './rest/rest-plugin.ts'
import { policyRoutes } from './rest/rest-policies.ts'
import { transformerRoutes } from './rest/rest-transformers.ts'
import { webhookRoutes } from './rest/rest-webhooks.ts'
import { createWebhookSender } from './rest/webhook-sender.ts'
import type { FolderStore } from './store/folder-store.ts'
import type { ObjectStore } from './store/object-store.ts'
import { serveStore } from './store/s3-plugin.ts'
import { createVariants, type VariantChoice, type Variants } from './variant/variants.ts'
import { createSimClock, type SimClock } from './world/sim-clock.ts'
import { createWorld, type World } from './world/world.ts'
import { worldNames, worldSpecOf } from './world/world-names.ts'
import type { WorldSpec } from './world/world-spec.ts'
import type { News } from './world/world-state.ts'

export interface SimulatorOptions {
  readonly seed?: number
  /** A spec, or a name that `worldSpecOf` knows. */
  readonly world?: WorldSpec | string
  readonly host?: string
  /** 0, the default, picks a free one. */
  readonly port?: number
  /** The real clock in milliseconds; the machine's when absent. */
  readonly now?: () => number
  /** Simulated time at the start; the real clock's when absent. */
  readonly startAt?: number
  /** Simulated milliseconds per real one; 1 when absent, 0: only `clock.advance` moves time. */
  readonly speed?: number
  /** Where ownership challenges are written; nowhere when absent. */
  readonly objectStore?: ObjectStore
  /** In place of `objectStore`: a folder for challenges and for the log files that are pushed from now on, which is also served for reading as S3 under `storePath`. */
  readonly folder?: FolderStore
  /** Where log files go instead of `folder`: an emulator of a real store. */
  readonly logStore?: ObjectStore
  /** How much of what was delivered before the start is written as files too, in simulated milliseconds. */
  readonly historyMs?: number
  /** Told what the simulator itself cannot do, such as writing files. */
  readonly onTrouble?: (text: string) => void
  readonly rateLimits?: Partial<RateLimits>
  /** True: the `Date` header tells the simulated time. */
  readonly dateHeader?: boolean
  /** Told what happens in the world. */
  readonly onNews?: (news: News) => void
  /** True: GraphQL errors come with the HTTP status that the documentation gives them. */
  readonly documentedGraphqlStatus?: boolean
  /** Variants in force from the start. */
  readonly variants?: readonly VariantChoice[]
  /** True: each answer comes in another of its forms. */
  readonly contrary?: boolean
}

/** A running simulator. */
export interface Simulator {
  /** Ends in `/client/v4`. */
  readonly url: string
  readonly origin: string
  /** The text of the world's first token. */
  readonly token: string
  readonly world: World
  readonly clock: SimClock
  readonly faults: Faults
  readonly requests: RequestLog
  readonly variants: Variants
  /** The files that are pushed; null where there is no folder to write to. */
  readonly logFiles: LogFiles | null
  /** Resolves when all notifications that are due have been sent. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** Where a folder is served as S3. */
export const storePath = '/__sim/s3'

/** Starts a Cloudflare API on loopback. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const seed = options.seed ?? 1
  const speed = options.speed ?? 1
  const spec = typeof options.world === 'object' ? options.world : namedWorld(options.world ?? 'demo', seed)
  const clock = createSimClock({ speed, startAt: options.startAt, realNow: options.now })
  const sender = createWebhookSender(() => clock.now())
  const world = createWorld(spec, clock, sender.send, options.onNews)
  clock.onAdvance(world.settle)
  const faults = createFaults(spec.seed)
  const requests = createRequestLog()
  const variants = createVariants(spec.seed, clock.now())
  for (const choice of options.variants ?? []) variants.enable(choice)
  variants.contrary(options.contrary ?? false)
  const limits: RateLimits = { ...defaultRateLimits, ...options.rateLimits }
  const challenges = createChallengeKey(spec.seed)
  const rest = {
    world,
    clock,
    faults,
    requests,
    vary: variants.vary,
    dateHeader: options.dateHeader ?? false,
    limiter: createRateLimiter(limits.rest),
  }
  const objectStore = options.folder ?? options.objectStore

  const app = fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 500 } })
  takeAnyBody(app)
  answerInEnvelopes(app)
  await app.register(
    async (api) => {
      serveRest(api, rest, [
        ...directoryRoutes,
        ...jobRoutes(challenges),
        ...ownershipRoutes({ challenges, objectStore }),
        ...policyRoutes,
        ...webhookRoutes(sender),
        ...alertingRoutes,
        ...auditRoutes,
        ...transformerRoutes,
      ])
      serveGraphql(api, {
        ...rest,
        engine: createGraphqlEngine(),
        queryLimiter: createRateLimiter(limits.graphql),
        scopeLimiter: createRateLimiter(limits.scope),
        documentedStatus: options.documentedGraphqlStatus ?? false,
      })
    },
    { prefix: '/client/v4' },
  )
  const { idle } = sender
  await app.register(
    async (controls) => serveControls(controls, { world, clock, faults, variants, requests, idle }),
    {
      prefix: '/__sim',
    },
  )
  const { folder } = options
  if (folder !== undefined) await app.register(async (app) => serveStore(app, folder), { prefix: storePath })

  const host = options.host ?? '127.0.0.1'
  const origin = await app.listen({ host, port: options.port ?? 0 })
  const logStore = options.logStore ?? folder
  const logFiles =
    logStore === undefined
      ? null
      : createLogFiles(world.state, {
          store: logStore,
          fromMs: clock.now() - (options.historyMs ?? 0),
          jobs: spec.jobs,
          onTrouble: options.onTrouble ?? (() => {}),
        })
  const writeLogs = async (): Promise<void> => logFiles?.writeTo(clock.now())
  // While time runs by itself, things must happen even when nobody asks.
  const tick = (): void => {
    world.settle()
    void writeLogs()
  }
  const ticker = speed > 0 ? setInterval(tick, 200) : null
  ticker?.unref()
  return {
    url: `${origin}/client/v4`,
    origin,
    token: spec.tokens[0]?.text ?? '',
    world,
    clock,
    faults,
    requests,
    variants,
    logFiles,
    idle: async () => {
      world.settle()
      await writeLogs()
      await idle()
    },
    close: async () => {
      if (ticker !== null) clearInterval(ticker)
      await writeLogs()
      await app.close()
      await idle()
    },
  }
}

function namedWorld(name: string, seed: number): WorldSpec {
  const spec = worldSpecOf(name, seed)
  if (spec === null) throw new RangeError(`unknown world "${name}": it is ${worldNames}`)
  return spec
}

function takeAnyBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => {
    const body = String(text)
    if (body === '') return done(null, undefined)
    try {
      done(null, JSON.parse(body))
    } catch {
      done(simErrors.malformedBody(), undefined)
    }
  })
}

function answerInEnvelopes(app: FastifyInstance): void {
  app.setNotFoundHandler(async (request, reply) => {
    await reply.code(404).send(failure(simErrors.noRoute(request.url.replace(/\?.*$/, '')).errors))
  })
  app.setErrorHandler(async (error, _request, reply) => {
    if (error instanceof SimError) await reply.code(error.status).send(failure(error.errors))
    else {
      const message = error instanceof Error ? error.message : String(error)
      await reply.code(500).send(failure([{ code: 500, message: `the simulator failed: ${message}` }]))
    }
  })
}
