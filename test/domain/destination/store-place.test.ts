import t from 'tap'
import {
  destinationExpiry,
  placeFromRecord,
  placeKey,
  placeTitle,
  storePlace,
} from '../../../src/domain/destination/store-place.ts'
import { Secret } from '../../../src/domain/secret.ts'

const canary = 'CANARY-do-not-print'
const confs = {
  s3: 's3://quay-logs/sre/http/{DATE}?region=us-east-1&sse=AES256',
  compatible: `s3://quay-logs/http?region=auto&endpoint=minio.example:9000&access-key-id=${canary}&secret-access-key=${canary}`,
  r2: `r2://audit/{DATE}?account-id=${'a'.repeat(32)}&access-key-id=${canary}&secret-access-key=${canary}`,
  gcs: 'gs://quay-dns/{DATE}/',
  azure: `azure://quaylogs.blob.core.windows.net/logs/a%20b/{DATE}?sv=2024-11-04&ss=b&sp=w&se=2032-01-01T00%3A00%3A00Z&sig=${canary}`,
} as const
const place = (conf: string) => storePlace(new Secret(conf))

t.test('every kind of store has a place, without a secret in it', async (t) => {
  t.same(place(confs.s3), {
    store: 's3',
    bucket: 'quay-logs',
    path: 'sre/http/{DATE}',
    region: 'us-east-1',
    endpoint: null,
  })
  t.match(place(confs.compatible), { store: 's3', path: 'http', endpoint: 'minio.example:9000' })
  t.match(place(confs.r2), { store: 'r2', bucket: 'audit', path: '{DATE}', accountId: 'a'.repeat(32) })
  t.same(place(confs.gcs), { store: 'gcs', bucket: 'quay-dns', path: '{DATE}' })
  t.same(place(confs.azure), { store: 'azure', account: 'quaylogs', bucket: 'logs', path: 'a b/{DATE}' })
  for (const conf of Object.values(confs)) {
    const found = place(conf)
    if (found === null) throw new Error('no place')
    t.notMatch(JSON.stringify([found, placeTitle(found), placeKey(found)]), canary)
    t.same(placeFromRecord(JSON.parse(JSON.stringify(found))), found)
  }
})

t.test('what keeps no files has no place', async (t) => {
  for (const conf of [
    'splunk://splunk.example:8088/services/collector/raw?channel=x',
    'https://logs.example/in',
    'bq://projects/p/datasets/d/tables/t?credentials=x',
    'nothing',
  ])
    t.equal(place(conf), null, conf)
  for (const record of [
    null,
    'x',
    {},
    { store: 's3', bucket: 1, path: '' },
    { store: 'ftp', bucket: 'b', path: '' },
  ])
    t.equal(placeFromRecord(record), null)
})

t.test('places are told apart by store, account, bucket and path, not by region', async (t) => {
  const keys = Object.values(confs).map((conf) => placeKeyOf(conf))
  t.equal(new Set(keys).size, keys.length)
  t.equal(placeKeyOf(confs.s3), placeKeyOf('s3://quay-logs/sre/http/{DATE}?region=eu-west-1'))
  t.not(placeKeyOf(confs.s3), placeKeyOf('s3://quay-logs/sre/{DATE}?region=us-east-1'))
})

function placeKeyOf(conf: string): string {
  const found = place(conf)
  if (found === null) throw new Error(`${conf} has no place`)
  return placeKey(found)
}

t.test('titles are what people write', async (t) => {
  const titles = Object.values(confs).map((conf) => {
    const found = place(conf)
    return found === null ? '' : placeTitle(found)
  })
  t.same(titles, [
    's3://quay-logs/sre/http/{DATE}',
    's3://quay-logs/http',
    'r2://audit/{DATE}',
    'gs://quay-dns/{DATE}',
    'azure://quaylogs/logs/a b/{DATE}',
  ])
})

t.test('the signature of an Azure destination tells when it expires', async (t) => {
  const expiry = (query: string) =>
    destinationExpiry(new Secret(`azure://a.blob.core.windows.net/logs?${query}`))
  t.equal(destinationExpiry(new Secret(confs.azure)), Date.UTC(2032, 0, 1))
  t.equal(expiry('sig=a+b&se=2032-01-01'), Date.UTC(2032, 0, 1), 'a day alone, beside an odd signature')
  t.equal(expiry('se=2032-01-01T10:30Z'), Date.UTC(2032, 0, 1, 10, 30))
  t.equal(expiry('se=soon'), null)
  t.equal(expiry('use=2032-01-01'), null)
  t.equal(expiry('se=%ZZ'), null)
  t.equal(destinationExpiry(new Secret(confs.s3)), null)
})

t.test('a folder has no slash at its ends, and one that cannot be decoded stays as written', async (t) => {
  const path = (address: string) => place(`gs://${address}`)?.path
  t.equal(path('b'), '')
  t.equal(path('b/'), '')
  t.equal(path('b//a/b//'), 'a/b')
  t.equal(path('b/%41'), '%41')
  t.equal(path('b/a%20b'), 'a b')
})

t.test('a place is known although its query is not', async (t) => {
  t.same(place('s3://b/p?region=x&region=y'), {
    store: 's3',
    bucket: 'b',
    path: 'p',
    region: null,
    endpoint: null,
  })
  t.match(place('r2://b/p'), { accountId: '' })
  t.match(place('azure://a.blob.core.windows.net'), { account: 'a', bucket: '', path: '' })
  t.match(place('azure://a/c/x/y'), { account: 'a', bucket: 'c', path: 'x/y' })
})

t.test('keys are the same in every version', async (t) => {
  t.same(Object.values(confs).map(placeKeyOf), [
    's3::quay-logs/sre/http/{DATE}',
    's3:minio.example:9000:quay-logs/http',
    `r2:${'a'.repeat(32)}:audit/{DATE}`,
    'gcs::quay-dns/{DATE}',
    'azure:quaylogs:logs/a b/{DATE}',
  ])
})

t.test('a title of a whole bucket ends with its name', async (t) => {
  const title = (conf: string) => {
    const found = place(conf)
    return found === null ? null : placeTitle(found)
  }
  t.equal(title('gs://b'), 'gs://b')
  t.equal(title('azure://a.blob.core.windows.net/c'), 'azure://a/c')
})

t.test('a stored place needs its bucket and path; what else is missing is unknown', async (t) => {
  const kept = { bucket: 'b', path: 'p' }
  t.same(placeFromRecord({ ...kept, store: 's3', region: 7 }), {
    ...kept,
    store: 's3',
    region: null,
    endpoint: null,
  })
  t.same(placeFromRecord({ ...kept, store: 'r2' }), { ...kept, store: 'r2', accountId: '' })
  t.same(placeFromRecord({ ...kept, store: 'azure' }), { ...kept, store: 'azure', account: '' })
  t.same(placeFromRecord({ ...kept, store: 'gcs', extra: 1 }), { ...kept, store: 'gcs' })
  t.equal(placeFromRecord({ store: 'gcs', bucket: 'b' }), null)
  t.equal(placeFromRecord({ store: 'gcs', path: 'p' }), null)
})

t.test('an expiry is read where Azure has it, and only in its forms', async (t) => {
  const expiry = (conf: string) => destinationExpiry(new Secret(conf))
  const azure = 'azure://a.blob.core.windows.net/c'
  t.equal(expiry(`${azure}?se=2032-01-01T00:00:00.5Z`), Date.UTC(2032, 0, 1) + 500)
  for (const text of ['2032-01-01T10:30', '2032-13-01', '20320101', '', 'x2032-01-01'])
    t.equal(expiry(`${azure}?se=${text}`), null, text)
  t.equal(expiry(azure), null)
  t.equal(expiry('s3://b?se=2032-01-01'), null)
  t.equal(expiry('nonsense'), null)
})
