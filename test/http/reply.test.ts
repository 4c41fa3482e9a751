import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { sendText } from '../../src/http/reply.ts'
import { serverFor } from '../support/http-server.ts'

const own = { 'content-type': 'text/plain', 'x-frame-options': 'DENY' }

async function textServer(t: Parameters<typeof serverFor>[0]) {
  const { app } = await serverFor(t, {
    routes: [
      (app) => {
        app.get<{ Params: { length: string } }>('/text/:length', (request, reply) => {
          if (request.headers['x-file'] !== undefined) reply.header('x-frame-options', 'sameorigin')
          return sendText(request, reply, own, 'ä'.repeat(Number(request.params.length) / 2))
        })
      },
    ],
  })
  return (length: number, headers: Record<string, string> = {}) =>
    app.inject({ url: `/text/${length}`, headers })
}

t.test('a text is packed from 1,500 bytes on, for those who take it', async (t) => {
  const get = await textServer(t)
  const gzip = { 'accept-encoding': 'gzip' }
  const small = await get(1_498, gzip)
  t.equal(small.headers['content-encoding'], undefined)
  t.equal(small.rawPayload.length, 1_498)
  const large = await get(1_500, gzip)
  t.equal(large.headers['content-encoding'], 'gzip')
  t.ok(large.rawPayload.length < 200, `${large.rawPayload.length} bytes`)
  t.equal(gunzipSync(large.rawPayload).toString(), 'ä'.repeat(750))
  const plain = await get(1_500)
  t.equal(plain.headers['content-encoding'], undefined)
  for (const answer of [small, large, plain]) t.equal(answer.headers.vary, 'Accept-Encoding')
})

t.test('a header that stands already is kept, others are set', async (t) => {
  const get = await textServer(t)
  t.match((await get(2)).headers, own)
  t.match((await get(2, { 'x-file': 'yes' })).headers, { ...own, 'x-frame-options': 'sameorigin' })
})
