import { createServer } from 'node:net'
import t from 'tap'
import type { StorePlace } from '../../src/domain/destination/store-place.ts'
import { createGcsLister } from '../../src/objectstore/gcs-lister.ts'
import type { ListRequest } from '../../src/ports/object-lister.ts'
import { failureText } from '../support/failure-text.ts'
import { warningsDuring } from '../support/warnings.ts'

const place: StorePlace = { store: 'gcs', bucket: 'quay logs', path: '' }
const request: ListRequest = { place, prefix: 'a/', after: 'a/1', until: 'a/5', flat: false, cursor: null }
const never = { signal: new AbortController().signal }
const apiEndpoint = 'http://store'

/** A lister whose calls are answered with this, and the addresses that it asked. */
function answered(body: unknown, status = 200) {
  const asked: URL[] = []
  const fetch = async (...[input]: Parameters<typeof globalThis.fetch>) => {
    asked.push(new URL(String(input)))
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })
  }
  return { asked, lister: createGcsLister({ apiEndpoint, fetch }) }
}

const item = (name: string) => ({ name, size: '7', timeCreated: '2026-11-28T10:00:00.000Z' })

t.test(
  'Google is asked for a thousand files between the two ends, and for no more of them than it needs',
  async (t) => {
    const { asked, lister } = answered({})
    t.same(await lister.list(request, never), { objects: [], cursor: null, sought: true })
    await lister.list({ ...request, flat: true, cursor: 'more' }, never)
    const always = {
      prefix: 'a/',
      startOffset: 'a/1',
      endOffset: 'a/5',
      maxResults: '1000',
      fields: 'items(name,size,timeCreated),nextPageToken',
    }
    t.same(
      asked.map(({ origin, pathname }) => `${origin}${pathname}`),
      Array(2).fill('http://store/storage/v1/b/quay%20logs/o'),
    )
    t.same(
      asked.map(({ searchParams }) => Object.fromEntries(searchParams)),
      [always, { ...always, delimiter: '/', pageToken: 'more' }],
    )
  },
)

t.test('a file has its size and the time that it was created', async (t) => {
  const { lister } = answered({ items: [item('a/2')] })
  const { objects } = await lister.list(request, never)
  t.same(objects, [{ key: 'a/2', bytes: 7, written: Date.UTC(2026, 10, 28, 10) }])
})

t.test('the next page is asked for while the last file lies before the end', async (t) => {
  const cursors: readonly (readonly [keys: readonly string[], next: unknown, cursor: string | null])[] = [
    [['a/2', 'a/4'], 'more', 'more'],
    [['a/2', 'a/5'], 'more', null],
    [[], 'more', 'more'],
    [['a/2'], '', null],
    [['a/2'], 7, null],
    [['a/2'], undefined, null],
  ]
  for (const [keys, nextPageToken, cursor] of cursors) {
    const { lister } = answered({ items: keys.map(item), nextPageToken })
    t.equal((await lister.list(request, never)).cursor, cursor)
  }
})

t.test('an answer may be of 16 MiB, and no longer', async (t) => {
  const longest = '{}'.padEnd(16 * 2 ** 20)
  t.same((await answered(longest).lister.list(request, never)).objects, [])
  t.match(await failureText(answered(`${longest} `).lister.list(request, never)), /^bad_response: /)
})

t.test('only an answer of status 200 without an error is a list', async (t) => {
  const failures: readonly (readonly [body: unknown, status: number, text: string])[] = [
    [
      {},
      201,
      'invalid_request: cannot list gs://quay logs: the store refused the request (status 201); check the bucket and the path',
    ],
    [
      {},
      403,
      'forbidden: cannot list gs://quay logs: access denied (status 403); grant storage.objects.list (role Storage Object Viewer) on the bucket to the credentials in use',
    ],
    [
      { items: [], error: null },
      200,
      'bad_response: cannot list gs://quay logs: the response is not a list of files (status 200); check that the endpoint is that of Google Cloud Storage',
    ],
  ]
  for (const [body, status, text] of failures)
    t.equal(await failureText(answered(body, status).lister.list(request, never)), text)
})

t.test('many lists at once are no leak of the signal of the process', async (t) => {
  const { signal } = new AbortController()
  const { lister } = answered({})
  const lists = () => Promise.all(Array.from({ length: 12 }, () => lister.list(request, { signal })))
  t.same(await warningsDuring(lists), [])
})

t.test('nothing is asked any more when the process ends', async (t) => {
  const { asked, lister } = answered({})
  t.match(await failureText(lister.list(request, { signal: AbortSignal.abort() })), /^aborted: cannot list/)
  t.same(asked, [])
})

t.test('a connection that is closed without an answer is no connection', async (t) => {
  const server = createServer((socket) => socket.once('data', () => socket.end()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const lister = createGcsLister({ apiEndpoint: `http://127.0.0.1:${port}` })
  t.match(await failureText(lister.list(request, never)), /^network: .*no connection \(UND_ERR_SOCKET\); /)
})
