import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { acceptsGzip } from './negotiation.ts'
import { pageHeaders } from './pages/page.ts'

const compress = promisify(gzip)
/** Below this, packing costs more than it saves. */
const leastToCompress = 1500

/** Sends a text, packed where that is worth it. What the web config file says of a header wins over our own. */
export async function sendText(
  request: FastifyRequest,
  reply: FastifyReply,
  headers: Readonly<Record<string, string>>,
  text: string,
): Promise<FastifyReply> {
  for (const [name, value] of Object.entries(headers)) if (!reply.hasHeader(name)) reply.header(name, value)
  reply.header('vary', 'Accept-Encoding')
  const body = Buffer.from(text)
  const accepted = acceptsGzip(request.headers['accept-encoding']?.toString())
  if (!accepted || body.length < leastToCompress) return reply.send(body)
  reply.header('content-encoding', 'gzip')
  return reply.send(await compress(body, { level: 1 }))
}

export function sendPage(request: FastifyRequest, reply: FastifyReply, text: string): Promise<FastifyReply> {
  return sendText(request, reply, pageHeaders, text)
}
