/*
 * Receives Cloudflare's notifications. What is wrong with a request is found in the order of what finding it
 * costs, most of it before the body is read, and each refusal has a status of its own: 405 (method), 413 (size),
 * 415 (type), 401 (secret), 400 (not JSON), 422 (JSON that is no notification).
 *
 * Cloudflare sends its secret in a header of its own and cannot send basic authentication, so the web config's users
 * do not apply to this path; its rate limit and headers do.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type NotificationEvent, readWebhookBody } from '../domain/notification/notification-event.ts'
import type { Secret } from '../domain/secret.ts'
import type { Clock, Log } from '../ports/runtime.ts'
import { sendLine } from './access/plain-text.ts'

export interface WebhookDeps {
  /** Each is good: during rotation there are two. */
  readonly secrets: () => Promise<readonly Secret[]>
  /** Resolves, to whether it was news, when it cannot be forgotten any more; null where another process receives. */
  readonly receive: (event: NotificationEvent) => Promise<boolean | null>
  readonly clock: Clock
  readonly log: Log
}

export const webhookPath = '/webhooks/cloudflare'

/** A notification has a few hundred bytes. */
const maxBytes = 64 * 1024

/** A wrong secret is worth a line in the log, but not one for each request. */
const sayAgainMs = 60_000

export function webhookRoute(app: FastifyInstance, deps: WebhookDeps): void {
  // A context of its own, where bodies stay bytes until the sender is known.
  void app.register(async (own) => {
    own.removeAllContentTypeParsers()
    own.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    own.route({
      // All methods, so that the others are refused before anybody looks at their bodies.
      method: ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url: webhookPath,
      bodyLimit: maxBytes,
      config: { ownAuthentication: true },
      onRequest: checkHead(deps),
      handler: takeBody(deps),
    })
  })
}

function checkHead({ secrets, clock, log }: WebhookDeps) {
  let saidAt = Number.NEGATIVE_INFINITY
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const { headers, method } = request
    if (method !== 'POST')
      return sendLine(reply.header('allow', 'POST'), 405, 'Method not allowed: use POST.')
    if (Number(headers['content-length'] ?? 0) > maxBytes)
      return sendLine(reply, 413, 'The body is too large for a notification.')
    if (!isJson(headers['content-type']) || !isPlain(headers['content-encoding']))
      return sendLine(reply, 415, 'Send application/json.')
    const given = headers['cf-webhook-auth']
    if (typeof given === 'string' && matchesOne(given, await secrets())) return undefined
    if (clock.monotonic() - saidAt > sayAgainMs) {
      saidAt = clock.monotonic()
      const problem = given === undefined ? 'no secret' : 'a wrong secret'
      log.warn({ problem }, 'webhook rejected: check that the secret at Cloudflare matches the secret file')
    }
    return sendLine(reply, 401, "The cf-webhook-auth header must contain this webhook's secret.")
  }
}

function takeBody({ receive, log }: WebhookDeps) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = parsed(request.body)
    if (body === undefined) return sendLine(reply, 400, 'The body is not JSON.')
    const message = readWebhookBody(body)
    switch (message.kind) {
      case 'foreign':
        return sendLine(reply, 422, 'The body is not a notification.')
      case 'test':
        log.info({}, 'received a webhook test message')
        return sendLine(reply, 200, 'Received a test message.')
      case 'event':
        return received(reply, await receive(message.event))
    }
  }
}

function received(reply: FastifyReply, news: boolean | null): FastifyReply {
  if (news === null)
    return sendLine(reply, 503, 'This process is on standby. Another one receives notifications.')
  return sendLine(reply, 200, news ? 'Received.' : 'Already received.')
}

/** What sends JSON does not always call it so; the secret tells who sent it. */
function isJson(type = ''): boolean {
  return /^(application\/json|text\/plain|text\/json|) *(;|$)/i.test(type)
}

function isPlain(encoding: string | undefined): boolean {
  return encoding === undefined || encoding.toLowerCase() === 'identity'
}

/** Takes as long whichever secret matches, and whether one does. */
function matchesOne(given: string, secrets: readonly Secret[]): boolean {
  // Node reads headers as Latin-1: so these are the bytes that were sent.
  const digest = digestOf(Buffer.from(given, 'latin1'))
  let matches = false
  for (const secret of secrets) {
    const same = timingSafeEqual(digest, digestOf(Buffer.from(secret.reveal(), 'utf8')))
    matches = same || matches
  }
  return matches
}

function digestOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}

/** Undefined, which JSON cannot say, for what is not JSON. */
function parsed(body: unknown): unknown {
  if (!Buffer.isBuffer(body)) return undefined
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
