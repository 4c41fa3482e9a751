import type { FastifyInstance } from 'fastify'
import type { Clock, Log } from '../../ports/runtime.ts'
import { type BasicAuth, createBasicAuth } from './basic-auth.ts'
import { pathOf, sendLine } from './plain-text.ts'
import { createRateLimit } from './rate-limit.ts'
import type { WebConfigSource } from './web-config-source.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route checks a secret of its own, because its callers cannot send basic authentication. */
    ownAuthentication?: boolean
  }
}

/**
 * Puts what the web config file asks for before every request, known path or not, as exporters do it:
 * rate limit, headers, basic authentication.
 */
export function guardRequests(
  app: FastifyInstance,
  web: WebConfigSource,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): void {
  const rateLimit = createRateLimit()
  let auth: Promise<BasicAuth> | null = null

  app.addHook('onRequest', async (request, reply) => {
    const { headers, users, rateLimit: limit } = web.current()
    for (const [name, value] of headers) reply.header(name, value)
    if (limit !== null && !rateLimit.allows(limit, clock.monotonic())) {
      return sendLine(reply, 429, 'Too many requests.')
    }
    if (users.size === 0 || request.routeOptions.config.ownAuthentication === true) return
    auth ??= createBasicAuth()
    const outcome = await (await auth).check(request.headers.authorization, users)
    if (outcome === 'accepted') return
    if (outcome === 'busy') return sendLine(reply, 503, 'Too many concurrent logins.')
    log.debug({ path: pathOf(request) }, 'http request without valid credentials')
    reply.header('www-authenticate', 'Basic realm="logpush-exporter", charset="UTF-8"')
    return sendLine(reply, 401, 'Unauthorized.')
  })
}
