import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openReaders } from '../../src/commands/arrival-readers.ts'
import type { ArrivalRule, RecordReader } from '../../src/domain/arrival/arrival-rule.ts'
import { minuteOf } from '../../src/domain/time.ts'
import { failureText } from '../support/failure-text.ts'
import { tenOClock } from '../support/log-files.ts'
import { startFake } from '../support/object-stores.ts'

/* With which credentials the records of a destination are counted. */

const from = minuteOf(tenOClock)
const signal = new AbortController().signal

/** Counts once with this environment; resolves to the header that Elasticsearch got, null for none. */
async function authorization(env: Readonly<Record<string, string>>, apiKeyFile: string | null = null) {
  const headers: (string | null)[] = []
  const server = await startFake((request, response) => {
    headers.push(request.headers.authorization ?? null)
    response.end(JSON.stringify({ count: 7, _shards: { failed: 0 } }))
  })
  const place = {
    store: 'elastic',
    url: server.endpoint,
    index: 'logs',
    timeField: 'at',
    query: null,
  } as const
  const read: RecordReader = { kind: 'elastic', place, apiKeyFile }
  const rule: ArrivalRule = { match: {}, read, intervalMs: 60_000, tolerance: 0, lateWindowMs: 0 }
  const readers = openReaders(env)
  try {
    const count = await readers.counter({ rule }).count(place, { from, to: from + 1 }, { signal })
    t.equal(count, 7)
  } finally {
    readers.close()
    await server.stop()
  }
  return headers
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

t.test(
  'an API key comes before a name and a password, and without any of them nothing is sent',
  async (t) => {
    const user = { ELASTIC_USERNAME: 'sre', ELASTIC_PASSWORD: 'canary' }
    for (const [env, sent] of [
      [{}, null],
      [{ ELASTIC_API_KEY: 'key' }, 'ApiKey key'],
      [{ ELASTIC_API_KEY: 'key', ...user }, 'ApiKey key'],
      [{ ELASTIC_API_KEY: '', ...user }, basic('sre:canary')],
      [{ ELASTIC_USERNAME: 'sre' }, basic('sre:')],
      [{ ELASTIC_PASSWORD: 'canary' }, null],
    ] as const)
      t.same(await authorization(env), [sent], Object.keys(env).join())
  },
)

t.test('the key in the file of a rule comes before the environment, without its line end', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'readers-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'key')
  writeFileSync(path, 'from-file\n')
  t.same(await authorization({ ELASTIC_API_KEY: 'key' }, path), ['ApiKey from-file'])
  t.equal(
    await failureText(authorization({ ELASTIC_API_KEY: 'key' }, folder)),
    'auth: cannot read the API key: it is a directory; check api_key_file in the rule',
    'another key is not taken in its stead',
  )
})
