import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { serverFor } from '../support/http-server.ts'

t.test('a path that takes another method says which, whichever these are', async (t) => {
  const takers = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
  const routes = takers.map((method) => (app: FastifyInstance): void => {
    app.route({ method, url: `/${method}`, handler: async () => 'done' })
  })
  const { app } = await serverFor(t, { routes })
  for (const method of takers) {
    const { statusCode, headers, body } = await app.inject(`/${method}`)
    t.strictSame([statusCode, headers.allow, body], [405, method, `Method not allowed: use ${method}.\n`])
  }
  const { body } = await app.inject({ method: 'POST', url: '/metrics' })
  t.equal(body, 'Method not allowed: use GET or HEAD.\n')
})

t.test('a body of more than 256 kB is refused', async (t) => {
  const { app } = await serverFor(t)
  const post = async (bytes: number) => {
    const payload = JSON.stringify('x'.repeat(bytes - 2))
    const headers = { 'content-type': 'application/json' }
    return (await app.inject({ method: 'POST', url: '/-/reload', headers, payload })).statusCode
  }
  t.strictSame([await post(262_144), await post(262_145)], [200, 413])
})
