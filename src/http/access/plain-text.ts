import type { FastifyReply, FastifyRequest } from 'fastify'

/** Answers with a line for people. */
export function sendLine(reply: FastifyReply, status: number, line: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${line}\n`)
}

/** The path of a request without its query, which may hold anything. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? ''
}
