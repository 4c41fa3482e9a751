import { getEventListeners } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { FileReader } from '../../src/domain/arrival/arrival-rule.ts'
import { keyWindows, slicedWindows } from '../../src/domain/arrival/listing-window.ts'
import type { StorePlace } from '../../src/domain/destination/store-place.ts'
import { Secret } from '../../src/domain/secret.ts'
import { createObjectLister } from '../../src/objectstore/object-lister.ts'
import type { StoreSettings } from '../../src/objectstore/store-settings.ts'
import type { ListPage, ObjectLister } from '../../src/ports/object-lister.ts'
import { startAzureList } from '../support/azure-list.ts'
import { failureText } from '../support/failure-text.ts'
import { logFileKey, minute, second, tenOClock } from '../support/log-files.ts'
import { azuriteAccount, startAzurite, startFake, startGcs, startS3 } from '../support/object-stores.ts'

const canary = 'CANARY-do-not-print'
const environment = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: canary, AWS_REGION: 'us-east-1' }
Object.assign(process.env, environment)

const path = 'http/{DATE}'
const s3: StorePlace = { store: 's3', bucket: 'quay-logs', path, region: 'us-east-1', endpoint: null }
const r2: StorePlace = { store: 'r2', bucket: 'quay-logs', path, accountId: 'a'.repeat(32) }
const gcs: StorePlace = { store: 'gcs', bucket: 'quay-logs', path }
const azure: StorePlace = { store: 'azure', account: azuriteAccount.name, bucket: 'quay-logs', path }

const key = (index: number): string =>
  logFileKey('http', tenOClock + index * 30 * second, tenOClock + (index + 1) * 30 * second)

/** All that begins from minute one to minute four after ten, and the number of calls. */
async function listed(lister: ObjectLister, place: StorePlace, windows = keyWindows) {
  const signal = new AbortController().signal
  const found: string[] = []
  let [calls, sought] = [0, true]
  for (const window of windows(place, { from: tenOClock + minute, to: tenOClock + 4 * minute })) {
    let cursor: ListPage['cursor'] = null
    do {
      const page: ListPage = await lister.list({ place, ...window, cursor }, { signal })
      found.push(...page.objects.map(({ key, bytes }) => `${key} ${bytes}`))
      cursor = page.cursor
      sought &&= page.sought
      calls += 1
    } while (cursor !== null)
  }
  return { found, calls, sought }
}

const expected = [2, 3, 4, 5, 6, 7].map((index) => `${key(index)} ${index + 1}`)

async function fill(put: (bucket: string, key: string, text: string) => Promise<void>): Promise<void> {
  for (let index = 0; index < 12; index += 1) await put('quay-logs', key(index), 'x'.repeat(index + 1))
  await put('quay-logs', 'http/ownership-challenge-1.txt', 'x')
  await put('quay-logs', 'http/zone/other.txt', 'x')
}

t.test('S3 and R2, for real, from an emulator: only what lies in the window, in one call', async (t) => {
  const store = await startS3(['quay-logs'])
  t.teardown(store.stop)
  await fill(store.put)
  for (const place of [s3, r2]) {
    const lister = createObjectLister({ kind: 's3', endpoint: store.endpoint })
    t.same(await listed(lister, place), { found: expected, calls: 1, sought: true }, place.store)
    lister.close()
  }
})

t.test('a flat folder leaves out what lies deeper', async (t) => {
  const store = await startS3(['quay-logs'])
  t.teardown(store.stop)
  const name = key(3).split('/').at(-1) ?? ''
  await store.put('quay-logs', `http/${name}`, 'x')
  await store.put('quay-logs', `http/20261128T100130Z/${name}`, 'x')
  const lister = createObjectLister({ kind: 's3', endpoint: store.endpoint })
  t.teardown(lister.close)
  t.same((await listed(lister, { ...s3, path: 'http' })).found, [`http/${name} 1`])
})

t.test('an empty folder is empty, a missing bucket is a failure', async (t) => {
  const store = await startS3(['quay-logs'])
  t.teardown(store.stop)
  const lister = createObjectLister({ kind: 's3', endpoint: store.endpoint })
  t.teardown(lister.close)
  t.same(await listed(lister, s3), { found: [], calls: 1, sought: true })
  t.equal(
    await failureText(listed(lister, { ...s3, bucket: 'gone' })),
    'not_found: cannot list s3://gone/http/{DATE}: no such bucket or container (NoSuchBucket, status 404); check the bucket in the destination',
  )
})

t.test('Azure, for real, from an emulator that begins where the prefix does, and says so', async (t) => {
  const store = await startAzurite(['quay-logs'])
  t.teardown(store.stop)
  await fill(store.put)
  const lister = createObjectLister(
    { kind: 'azure' },
    { azure: { connectionString: new Secret(store.connectionString) } },
  )
  t.same(await listed(lister, azure), { found: expected, calls: 1, sought: false })
  t.same(await listed(lister, azure, slicedWindows), { found: expected, calls: 1, sought: false })
  t.match(
    await failureText(listed(lister, { ...azure, bucket: 'gone' })),
    /^not_found: cannot list azure:\/\/devstoreaccount1\/gone\/http\/\{DATE\}: no such bucket or container \(ContainerNotFound, status 404\)/,
  )
})

t.test('Azure is asked to begin in the middle of the prefix', async (t) => {
  const store = await startAzureList([...Array(12).keys()].map(key))
  t.teardown(store.stop)
  const lister = createObjectLister(
    { kind: 'azure', endpoint: store.endpoint },
    { azure: { sas: new Secret('sig=x') } },
  )
  const found = expected.map((line) => line.replace(/ .*/, ' 1'))
  t.same(await listed(lister, azure), { found, calls: 1, sought: true })
  t.match(store.queries, [{ prefix: 'http/', startFrom: 'http/20261128/20261128T100100' }])
})

t.test(
  'an Azure service that refuses to begin in the middle is listed from the start, from then on',
  async (t) => {
    const store = await startAzureList([...Array(12).keys()].map(key), { refuses: true })
    t.teardown(store.stop)
    const lister = createObjectLister(
      { kind: 'azure', endpoint: store.endpoint },
      { azure: { sas: new Secret('sig=x') } },
    )
    const found = expected.map((line) => line.replace(/ .*/, ' 1'))
    for (const queries of [2, 3]) {
      t.same(await listed(lister, azure), { found, calls: 1, sought: false })
      t.equal(store.queries.length, queries)
    }
  },
)

t.test('a folder above the beginning does not count against a store', async (t) => {
  const store = await startAzureList(['http/20261128', ...[...Array(12).keys()].map(key)], {
    shows: 'http/20261128',
  })
  t.teardown(store.stop)
  const lister = createObjectLister(
    { kind: 'azure', endpoint: store.endpoint },
    { azure: { sas: new Secret('sig=x') } },
  )
  t.equal((await listed(lister, azure)).sought, true)
})

t.test('Google Cloud Storage, page by page', async (t) => {
  const store = await startGcs(
    new Map([...Array(12).keys()].map((index) => [`quay-logs/${key(index)}`, 'x'.repeat(index + 1)])),
    4,
  )
  t.teardown(store.stop)
  const lister = createObjectLister({ kind: 'gcs', endpoint: store.endpoint })
  t.same(await listed(lister, gcs), { found: expected, calls: 2, sought: true })
})

/** A store that answers every request with the body. */
async function saying(t: Pick<typeof import('tap').default, 'teardown'>, body: string, type: string) {
  const store = await startFake((_request, response) => {
    response.writeHead(200, { 'content-type': type })
    response.end(body)
  })
  t.teardown(store.stop)
  return store.endpoint
}

t.test('what is no list of Google Cloud Storage is a failure, and no empty folder', async (t) => {
  const answers = [
    ['', 'text/plain'],
    ['null', 'application/json'],
    ['<html>log in</html>', 'text/html'],
    ['{"items":{}}', 'application/json'],
    ['{"error":{"errors":[null]}}', 'application/json'],
    [' '.repeat(16 * 2 ** 20 + 1), 'application/json'],
  ] as const
  for (const [body, type] of answers) {
    const lister = createObjectLister({ kind: 'gcs', endpoint: await saying(t, body, type) })
    t.match(
      await failureText(listed(lister, gcs)),
      /^bad_response: cannot list gs:.*; check that the endpoint is that of Google Cloud Storage/,
      body.slice(0, 40),
    )
  }
})

t.test('a file whose size is no number of bytes is left out', async (t) => {
  const sized = (size: unknown, index: number) => ({ name: key(index), size, timeCreated: 'yesterday' })
  const items = [sized('many', 3), sized('-1', 4), sized('1e999', 5), sized('7', 6), null]
  const endpoint = await saying(t, JSON.stringify({ items }), 'application/json')
  const lister = createObjectLister({ kind: 'gcs', endpoint })
  t.same(await listed(lister, gcs), { found: [`${key(6)} 7`], calls: 1, sought: true })
})

t.test(
  'Google Cloud Storage is asked with the credentials of a file, by the fetch that is given',
  async (t) => {
    const folder = t.testdir({ subject: 'subject' })
    const grant = { access_token: 'T', token_type: 'Bearer', expires_in: 3_600 }
    const issued = { issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' }
    const tokens = await saying(t, JSON.stringify({ ...grant, ...issued }), 'application/json')
    const credentialsFile = join(folder, 'credentials.json')
    const credentials = {
      type: 'external_account',
      audience: '//iam.googleapis.com/quay',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: tokens,
      credential_source: { file: join(folder, 'subject') },
    }
    writeFileSync(credentialsFile, JSON.stringify(credentials))
    const asked: string[] = []
    const fetch = async (...[input, init]: Parameters<typeof globalThis.fetch>) => {
      const { host, pathname } = new URL(String(input))
      asked.push(host, pathname, new Headers(init?.headers).get('authorization') ?? '')
      return new Response('{}')
    }
    const lister = createObjectLister({ kind: 'gcs', credentialsFile }, { gcs: { fetch } })
    t.same(await listed(lister, gcs), { found: [], calls: 1, sought: true })
    t.same(asked, ['storage.googleapis.com', '/storage/v1/b/quay-logs/o', 'Bearer T'])
  },
)

t.test('failures say what to grant, and quote nothing from outside', async (t) => {
  const denied = await startFake((request, response) => {
    const json = request.url?.includes('/b/') === true
    response.writeHead(403, {
      'content-type': json ? 'application/json' : 'application/xml',
      'x-ms-error-code': 'AuthorizationFailure',
    })
    response.end(
      json
        ? JSON.stringify({ error: { code: 403, message: canary } })
        : `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>${canary}</Message></Error>`,
    )
  })
  t.teardown(denied.stop)
  const { endpoint } = denied
  const cases: readonly [FileReader, StorePlace, StoreSettings, RegExp][] = [
    [{ kind: 's3', endpoint }, s3, {}, /^forbidden: cannot list s3:.*; grant s3:ListBucket on the bucket/],
    [{ kind: 'gcs', endpoint }, gcs, {}, /^forbidden: cannot list gs:.*; grant storage\.objects\.list/],
    [
      { kind: 'azure', endpoint },
      azure,
      { azure: { sas: new Secret(`sig=${canary}`) } },
      /^forbidden: cannot list azure:.*; grant "Storage Blob Data Reader" on the container/,
    ],
  ]
  for (const [read, place, common, message] of cases) {
    const text = await failureText(listed(createObjectLister(read, common), place))
    t.match(text, message)
    t.notMatch(text, canary)
  }
})

t.test('a store that hangs or is interrupted', async (t) => {
  const hang = await startFake(() => undefined)
  t.teardown(hang.stop)
  const settings = { s3: { timeoutMs: 100 }, gcs: { timeoutMs: 100 } }
  for (const [kind, place] of [
    ['s3', s3],
    ['gcs', gcs],
  ] as const) {
    const lister = createObjectLister({ kind, endpoint: hang.endpoint }, settings)
    t.match(await failureText(listed(lister, place)), /^(timeout|network): cannot list/, kind)
  }
  const lister = createObjectLister({ kind: 's3', endpoint: hang.endpoint })
  const stop = new AbortController()
  const listing = lister.list(
    { place: s3, prefix: '', after: '', until: 'z', flat: false, cursor: null },
    { signal: stop.signal },
  )
  stop.abort()
  t.match(await failureText(listing), /^aborted: cannot list/)
})

t.test('no look at Google leaves anything on the signal of the process', async (t) => {
  const endpoint = await saying(t, '{}', 'application/json')
  const stop = new AbortController().signal
  const request = { place: gcs, prefix: '', after: '', until: '~', flat: false, cursor: null }
  await createObjectLister({ kind: 'gcs', endpoint }).list(request, { signal: stop })
  t.equal(getEventListeners(stop, 'abort').length, 0)
})
