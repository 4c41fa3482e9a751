import { writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import type { StorePlace } from '../../src/domain/destination/store-place.ts'
import { Secret } from '../../src/domain/secret.ts'
import { createObjectLister } from '../../src/objectstore/object-lister.ts'
import type { ListRequest } from '../../src/ports/object-lister.ts'
import { failureText } from '../support/failure-text.ts'
import { startFake } from '../support/object-stores.ts'
import { settle } from '../support/stepped-clock.ts'

type Ends = Pick<typeof t, 'teardown'>

const place: StorePlace = { store: 's3', bucket: 'quay-logs', path: '', region: 'us-east-1', endpoint: null }
const request: ListRequest = { place, prefix: 'a/', after: 'a/1', until: 'a/5', flat: false, cursor: null }
const never = { signal: new AbortController().signal }
const credentials = { accessKeyId: new Secret('AKID'), secretAccessKey: new Secret('key') }

const file = (key: string): string =>
  `<Contents><Key>${key}</Key><Size>7</Size><LastModified>2026-11-28T10:00:00.000Z</LastModified></Contents>`
const folder = (prefix: string): string => `<CommonPrefixes><Prefix>${prefix}</Prefix></CommonPrefixes>`
const more = '<IsTruncated>true</IsTruncated><NextContinuationToken>more</NextContinuationToken>'

/** A store that answers each list with these elements, and keeps what it was asked. */
async function storeWith(t: Ends, elements: string) {
  const asked: IncomingMessage[] = []
  const { endpoint, stop } = await startFake((request, response) => {
    asked.push(request)
    response.writeHead(200, { 'content-type': 'application/xml' })
    response.end(`<?xml version="1.0"?><ListBucketResult>${elements}</ListBucketResult>`)
  })
  t.teardown(stop)
  const queries = () => asked.map(({ url = '' }) => Object.fromEntries(new URL(url, endpoint).searchParams))
  return { endpoint, asked, queries }
}

function listerOf(t: Ends, endpoint: string, more: { readonly profile?: string } = {}) {
  const lister = createObjectLister({ kind: 's3', endpoint, ...more }, { s3: { credentials } })
  t.teardown(lister.close)
  return lister
}

t.test('S3 is asked for a thousand keys after the beginning, and encoded ones', async (t) => {
  const { endpoint, queries } = await storeWith(t, '')
  const lister = listerOf(t, endpoint)
  t.same(await lister.list(request, never), { objects: [], cursor: null, sought: true })
  await lister.list({ ...request, flat: true, cursor: 'more' }, never)
  const always = {
    'list-type': '2',
    'max-keys': '1000',
    'encoding-type': 'url',
    prefix: 'a/',
    'start-after': 'a/1',
  }
  const [first, second] = queries()
  t.same(first, always)
  t.same(second, { ...always, delimiter: '/', 'continuation-token': 'more' })
})

t.test('a key is read as it was written, with its size and time', async (t) => {
  const { endpoint } = await storeWith(t, file('a/2+b%2Bc%C3%A9') + file('a/3'))
  t.same((await listerOf(t, endpoint).list(request, never)).objects, [
    { key: 'a/2 b+cé', bytes: 7, written: Date.UTC(2026, 10, 28, 10) },
    { key: 'a/3', bytes: 7, written: Date.UTC(2026, 10, 28, 10) },
  ])
})

t.test('the next page is asked for while neither file nor folder lies beyond the end', async (t) => {
  const cursors: readonly (readonly [elements: string, cursor: string | null])[] = [
    [file('a/2') + file('a/4') + more, 'more'],
    [file('a/2') + file('a/6') + more, null],
    [file('a/2') + folder('a/3/') + folder('a/6/') + more, null],
    [folder('a/3%2B/') + file('a/6') + more, null],
    [folder('a/2/') + folder('a/4%2F') + more, 'more'],
    // Encoded, it lies before the end.
    [folder('a%2F5/') + more, null],
    [more, 'more'],
    [file('a/2') + more.replace('true', 'false'), null],
    [`${file('a/2')}<IsTruncated>true</IsTruncated>`, null],
  ]
  for (const [elements, cursor] of cursors) {
    const { endpoint } = await storeWith(t, elements)
    t.equal((await listerOf(t, endpoint).list(request, never)).cursor, cursor, elements)
  }
})

t.test('a connection is kept for each endpoint until the lister is closed', async (t) => {
  const one = await storeWith(t, '')
  const other = await storeWith(t, '')
  const lister = createObjectLister({ kind: 's3' }, { s3: { credentials } })
  for (const { endpoint } of [one, other, one]) {
    await lister.list({ ...request, place: { ...place, endpoint } }, never)
  }
  t.equal(other.asked.length, 1)
  t.equal(one.asked.length, 2)
  t.equal(new Set(one.asked.map(({ socket }) => socket)).size, 1)
  lister.close()
  // Long before the servers would end them.
  await settle()
  for (const { asked } of [one, other]) t.equal(asked[0]?.socket.destroyed, true)
})

t.test('keys that are given are used where no profile is named', async (t) => {
  const folder = t.testdir({
    credentials: '[logs]\naws_access_key_id = PROFILED\naws_secret_access_key = x\n',
  })
  const before = { ...process.env }
  t.teardown(() => {
    process.env = before
  })
  Object.assign(process.env, {
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_CONFIG_FILE: join(folder, 'none'),
  })
  writeFileSync(join(folder, 'none'), '')
  const { endpoint, asked } = await storeWith(t, '')
  for (const profile of [{}, { profile: 'logs' }]) await listerOf(t, endpoint, profile).list(request, never)
  t.match(asked[0]?.headers.authorization, / Credential=AKID\//)
  t.match(asked[1]?.headers.authorization, / Credential=PROFILED\//)
})

t.test('who may not list is told what to grant', async (t) => {
  const denied = await startFake((_, response) => void response.writeHead(403).end())
  t.teardown(denied.stop)
  t.match(
    await failureText(listerOf(t, denied.endpoint).list(request, never)),
    /^forbidden: cannot list s3:\/\/quay-logs: .*; grant s3:ListBucket on the bucket to the credentials in use$/,
  )
})
