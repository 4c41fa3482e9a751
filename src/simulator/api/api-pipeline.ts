import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SimClock } from '../world/sim-clock.ts'
import type { World } from '../world/world.ts'
import type { FaultEffect, Faults } from './faults.ts'
import type { RequestLog } from './request-log.ts'
import { failure } from './sim-error.ts'

/** An answer before it is sent. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** A request as it came in. */
export interface Request {
  readonly api: 'rest' | 'graphql'
  readonly operation: string
  readonly path: string
  readonly body: unknown
  /** Simulated time. */
  readonly nowMs: number
}

/** What a variant may know of a request. */
export interface Asked extends Request {
  /** Since the simulation began. */
  readonly elapsedMs: number
  /** How many requests of this operation came before. */
  readonly earlier: number
  /** The text that the variant is restricted to, if it is. */
  readonly where: string | null
}

export interface PipelineDeps {
  readonly world: World
  readonly clock: SimClock
  readonly faults: Faults
  readonly requests: RequestLog
  /** Other forms of an answer: one to give at once, or a change of what was answered. */
  readonly vary: (request: Request) => {
    instead(): RawAnswer | null
    change(answer: RawAnswer): RawAnswer
  }
  /** True: the `Date` header tells the simulated time. */
  readonly dateHeader: boolean
}

/** What every API request goes through: faults, variants, the log, and the sending of the answer. */
export async function runRequest(
  deps: PipelineDeps,
  what: { readonly api: 'rest' | 'graphql'; readonly operation: string },
  request: FastifyRequest,
  reply: FastifyReply,
  answer: (effect: FaultEffect | null) => Promise<RawAnswer>,
): Promise<void> {
  deps.world.settle()
  const atMs = deps.clock.now()
  const { method, url: path } = request
  const effect = deps.faults.strike({ ...what, path })
  const log = (status: number): void => deps.requests.add({ atMs, ...what, method, path, status })
  if (effect?.kind === 'hang' || effect?.kind === 'reset') {
    log(0)
    reply.hijack()
    if (effect.kind === 'reset') request.raw.socket.resetAndDestroy()
    return
  }
  if (effect?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, effect.delayMs))
  const variant = deps.vary({ ...what, path, body: request.body, nowMs: atMs })
  const done = replacement(effect) ?? variant.instead() ?? variant.change(await answer(effect))
  if (effect?.kind === 'lost_answer') {
    log(0)
    reply.hijack()
    request.raw.socket.resetAndDestroy()
    return
  }
  log(done.status)
  const text = typeof done.body === 'string' ? done.body : JSON.stringify(done.body)
  const type = done.headers['content-type'] ?? 'application/json'
  if (deps.dateHeader) reply.header('date', new Date(deps.clock.now()).toUTCString())
  await reply
    .code(done.status)
    .headers(done.headers)
    .header('content-type', type)
    .send(effect?.kind === 'cut_json' ? text.slice(0, Math.ceil(text.length / 2)) : text)
}

/** The answer of a fault that takes the place of the real one. */
function replacement(effect: FaultEffect | null): RawAnswer | null {
  switch (effect?.kind) {
    case 'status': {
      const retryAfter = effect.retryAfterSeconds
      return {
        status: effect.status,
        headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
        body: failure([
          { code: effect.status === 429 ? 10429 : 10001, message: `simulated HTTP ${effect.status}` },
        ]),
      }
    }
    case 'html':
      return {
        status: 200,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: '<!doctype html><title>Sign in</title><p>You need to sign in to use this network.</p>',
      }
    case 'success_false':
      return { status: 200, headers: {}, body: failure([{ code: 10001, message: 'simulated failure' }]) }
    default:
      return null
  }
}
