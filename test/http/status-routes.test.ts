import t from 'tap'
import { serverFor } from '../support/http-server.ts'
import { statusOf } from '../support/status-values.ts'
import { largeStatusWorld } from '../support/status-world.ts'

const now = Date.UTC(2026, 10, 24, 3)
const world = () => statusOf({ ...largeStatusWorld(20, now), now: () => now })

t.test('JSON is for programs: nobody frames, keeps or guesses at it', async (t) => {
  const { app } = await serverFor(t, { status: world() })
  for (const url of ['/api/v1/jobs', '/api/v1/jobs/100000', '/api/v1/jobs/1', '/api/v1/jobs?x=1']) {
    const { headers, body } = await app.inject(url)
    t.match(
      headers,
      {
        'content-type': 'application/json; charset=utf-8',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      },
      url,
    )
    t.match(body, /^\{\n {2}"/, 'with two spaces, for those who look at it')
    t.equal(body.at(-1), '\n')
  }
})

t.test('pages that show what changes refresh unless told not to, others never', async (t) => {
  const { app } = await serverFor(t, { status: world() })
  const refreshes = async (url: string): Promise<boolean> =>
    (await app.inject(url)).body.includes('http-equiv="refresh"')
  for (const url of ['/', '/jobs/100000', '/exporter']) {
    t.equal(await refreshes(url), true, url)
    t.equal(await refreshes(`${url}?refresh=off`), false, url)
  }
  for (const url of ['/jobs/1', '/runbooks', '/runbooks/none']) t.equal(await refreshes(url), false, url)
})

t.test('an id has 200 characters at most', async (t) => {
  const { app } = await serverFor(t, { status: world() })
  t.match((await app.inject(`/jobs/${'7'.repeat(200)}`)).body, 'No such job')
  const { statusCode, body } = await app.inject(`/jobs/${'7'.repeat(201)}`)
  t.strictSame([statusCode, body], [400, 'Bad request.\n'])
})

t.test('a path is taken to the letter', async (t) => {
  const { app } = await serverFor(t, { status: world() })
  for (const path of ['/METRICS', '/exporter/', '/Jobs/100000'])
    t.equal((await app.inject(path)).statusCode, 404, path)
})
