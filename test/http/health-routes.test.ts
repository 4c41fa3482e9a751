import t from 'tap'
import { clock, serverFor } from '../support/http-server.ts'

t.test('a reload too many is told to wait two seconds, and then is done', async (t) => {
  let reloads = 0
  const { app } = await serverFor(t, {
    reload: async () => {
      reloads += 1
      return { ok: true }
    },
  })
  const reload = async (): Promise<number> =>
    (await app.inject({ method: 'POST', url: '/-/reload' })).statusCode
  for (let i = 0; i < 5; i += 1) t.equal(await reload(), 200)
  const refused = await app.inject({ method: 'POST', url: '/-/reload' })
  t.equal(refused.statusCode, 429)
  t.equal(refused.headers['retry-after'], '2')
  t.equal(refused.body, 'Too many reloads; try again in 2 seconds.\n')
  await clock.advance(1_999)
  t.equal(await reload(), 429)
  await clock.advance(1)
  t.equal(await reload(), 200)
  t.equal(await reload(), 429)
  await clock.advance(60_000)
  for (let i = 0; i < 5; i += 1) t.equal(await reload(), 200)
  t.equal(await reload(), 429, 'waiting saves up no more than five')
  t.equal(reloads, 11)
})

t.test('a request that a page of another site made a browser send is told so', async (t) => {
  const { app } = await serverFor(t)
  const headers = { origin: 'https://elsewhere.example' }
  const answer = await app.inject({ method: 'POST', url: '/-/reload', headers })
  t.strictSame([answer.statusCode, answer.body], [403, 'Cross-site requests are not allowed.\n'])
})
