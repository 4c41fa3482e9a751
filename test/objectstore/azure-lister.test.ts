import t from 'tap'
import type { StorePlace } from '../../src/domain/destination/store-place.ts'
import { Secret } from '../../src/domain/secret.ts'
import { createAzureLister } from '../../src/objectstore/azure-lister.ts'
import type { ListRequest } from '../../src/ports/object-lister.ts'
import { startAzureList } from '../support/azure-list.ts'
import { failureText } from '../support/failure-text.ts'
import { startFake } from '../support/object-stores.ts'

const place: StorePlace = { store: 'azure', account: 'quay', bucket: 'logs', path: '' }
const request: ListRequest = { place, prefix: 'a/', after: 'a/1', until: 'a/5', flat: false, cursor: null }
const never = { signal: new AbortController().signal }
const sas = new Secret('sig=x')

t.test('Azure is asked for five thousand names, and for the page that a cursor names', async (t) => {
  const store = await startAzureList(['a/1', 'a/2', 'a/3'], { marker: 'more' })
  t.teardown(store.stop)
  const lister = createAzureLister({ sas, endpoint: store.endpoint })
  const written = Date.UTC(2026, 10, 28, 10)
  t.same(await lister.list(request, never), {
    objects: [
      { key: 'a/2', bytes: 1, written },
      { key: 'a/3', bytes: 1, written },
    ],
    cursor: 'more',
    sought: true,
  })
  await lister.list({ ...request, cursor: 'more' }, never)
  const always = { prefix: 'a/', startFrom: 'a/1', maxresults: '5000' }
  t.match(store.queries, [always, { ...always, marker: 'more' }])
  t.notOk('marker' in (store.queries[0] ?? {}))
})

t.test('the next page is asked for while the last name lies before the end', async (t) => {
  const cursors: readonly (readonly [keys: readonly string[], cursor: string | null])[] = [
    [['a/2', 'a/4'], 'more'],
    [['a/2', 'a/5'], null],
    [[], 'more'],
  ]
  for (const [keys, cursor] of cursors) {
    const store = await startAzureList(keys, { marker: 'more' })
    t.teardown(store.stop)
    t.equal((await createAzureLister({ sas, endpoint: store.endpoint }).list(request, never)).cursor, cursor)
  }
  const store = await startAzureList(['a/2'])
  t.teardown(store.stop)
  t.equal((await createAzureLister({ sas, endpoint: store.endpoint }).list(request, never)).cursor, null)
})

t.test('a service that refused to begin in the middle is asked without it, whatever it shows', async (t) => {
  const store = await startAzureList(['a/2'], { refuses: true })
  t.teardown(store.stop)
  const lister = createAzureLister({ sas, endpoint: store.endpoint })
  t.match(await lister.list(request, never), { objects: [{ key: 'a/2' }], sought: false })
  t.same(
    store.queries.map(({ startFrom }) => startFrom),
    ['a/1', undefined],
  )
})

t.test('only a refusal of the beginning is asked again, and once for each account', async (t) => {
  for (const [status, calls] of [
    [400, 2],
    [403, 1],
  ] as const) {
    let asked = 0
    const store = await startFake((_, response) => {
      asked += 1
      response.writeHead(status).end()
    })
    t.teardown(store.stop)
    const lister = createAzureLister({ sas, endpoint: store.endpoint })
    t.match(await failureText(lister.list(request, never)), `status ${status}`)
    t.equal(asked, calls)
  }
})

t.test('who may not list is told what to grant', async (t) => {
  const denied = await startFake((_, response) => void response.writeHead(403).end())
  t.teardown(denied.stop)
  const lister = createAzureLister({ sas, endpoint: denied.endpoint })
  t.match(
    await failureText(lister.list(request, never)),
    /^forbidden: cannot list azure:\/\/quay\/logs: .*; grant "Storage Blob Data Reader" on the container, or a SAS/,
  )
})

t.test('a service that does not answer is given up', async (t) => {
  const silent = await startFake(() => undefined)
  t.teardown(silent.stop)
  const lister = createAzureLister({ sas, endpoint: silent.endpoint, timeoutMs: 50 })
  t.match(await failureText(lister.list(request, never)), /^timeout: cannot list azure:\/\/quay\/logs: /)
})

t.test('the key of an account is read once, and anew after the lister is closed', async (t) => {
  let reads = 0
  class Counted extends Secret {
    override reveal(): string {
      reads += 1
      return super.reveal()
    }
  }
  const store = await startAzureList([])
  t.teardown(store.stop)
  const lister = createAzureLister({ accountKey: new Counted('a2V5'), endpoint: store.endpoint })
  for (const expected of [1, 1]) {
    await lister.list(request, never)
    t.equal(reads, expected)
  }
  lister.close()
  await lister.list(request, never)
  t.equal(reads, 2)
})

t.test('a place of another store is a bug of the caller', async (t) => {
  const s3: StorePlace = { store: 's3', bucket: 'logs', path: '', region: null, endpoint: null }
  await t.rejects(createAzureLister({ sas }).list({ ...request, place: s3 }, never), {
    name: 'InternalError',
    message: 'the Azure reader cannot list s3',
  })
})
