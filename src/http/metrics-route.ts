import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Exposition } from '../metrics/exposition.ts'
import type { ExpositionFormat } from '../metrics/exposition-text.ts'
import { acceptsGzip, chooseFormat } from './negotiation.ts'

/** Rendered metrics. A small body may be one piece. */
export type RenderedMetrics = Omit<Exposition, 'body'> & { readonly body: Buffer | Iterable<Buffer> }

export interface MetricsSource {
  /** From memory, without waiting for anything outside. With `gzip` the body is compressed already. */
  exposition(format: ExpositionFormat, gzip: boolean): RenderedMetrics | Promise<RenderedMetrics>
}

/** Registers the path that scrapers read, for GET and HEAD. */
export function metricsRoute(app: FastifyInstance, path: string, metrics: MetricsSource): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: path,
    handler: (request, reply) => sendExposition(request, reply, metrics),
  })
}

async function sendExposition(
  request: FastifyRequest,
  reply: FastifyReply,
  metrics: MetricsSource,
): Promise<FastifyReply> {
  const gzip = acceptsGzip(headerText(request.headers['accept-encoding']))
  const { contentType, body, bytes } = await metrics.exposition(chooseFormat(request.headers.accept), gzip)
  reply.header('content-type', contentType)
  reply.header('content-length', bytes)
  reply.header('vary', 'Accept, Accept-Encoding')
  if (gzip) reply.header('content-encoding', 'gzip')

  // Past fastify: its reply takes one buffer or a stream, and joining or streaming the pieces costs more than
  // all the rest of a scrape.
  reply.hijack()
  const { raw } = reply
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) raw.setHeader(name, value)
  raw.writeHead(200)
  if (request.method === 'HEAD') raw.end()
  else writePieces(raw, Buffer.isBuffer(body) ? [body] : body)
  return reply
}

/** Takes the next piece only when the socket has room, so that a slow reader costs no memory. */
function writePieces(raw: FastifyReply['raw'], body: Iterable<Buffer>): void {
  const pieces = body[Symbol.iterator]()
  const more = (): void => {
    for (let next = pieces.next(); !raw.destroyed; next = pieces.next()) {
      if (next.done === true) {
        raw.end()
        return
      }
      if (!raw.write(next.value)) {
        raw.once('drain', more)
        return
      }
    }
  }
  more()
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value
}
