import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { acceptsGzip, chooseFormat, type ExpositionFormat } from './negotiation.ts'

/** Rendered metrics, always at hand. */
export interface Exposition {
  /** Exactly as it is to be sent; scrapers reject others. */
  readonly contentType: string
  /** In pieces when it is large: they are sent as they are, never joined. */
  readonly body: Buffer | readonly Buffer[]
  /** Length of the whole body. */
  readonly bytes: number
}

export interface MetricsSource {
  /** From memory, without waiting for anything. With `gzip` the body is compressed already. */
  exposition(format: ExpositionFormat, gzip: boolean): Exposition
}

/** Registers the path that scrapers read, for GET and HEAD. */
export function metricsRoute(app: FastifyInstance, path: string, metrics: MetricsSource): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: path,
    handler: (request, reply) => sendExposition(request, reply, metrics),
  })
}

function sendExposition(request: FastifyRequest, reply: FastifyReply, metrics: MetricsSource): void {
  const gzip = acceptsGzip(headerText(request.headers['accept-encoding']))
  const { contentType, body, bytes } = metrics.exposition(chooseFormat(request.headers.accept), gzip)
  reply.header('content-type', contentType)
  reply.header('content-length', bytes)
  reply.header('vary', 'Accept, Accept-Encoding')
  if (gzip) reply.header('content-encoding', 'gzip')

  // Past fastify: its reply takes one buffer or a stream, and joining or streaming the pieces costs more than
  // all the rest of a scrape.
  reply.hijack()
  const { raw } = reply
  raw.writeHead(200, reply.getHeaders())
  if (request.method === 'HEAD') {
    raw.end()
    return
  }
  raw.cork()
  for (const piece of Buffer.isBuffer(body) ? [body] : body) raw.write(piece)
  raw.uncork()
  raw.end()
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value
}
