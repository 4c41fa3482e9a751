import t from 'tap'
import { destinationPlace, needsChallenge, uploadLimits } from '../../../src/domain/destination/limits.ts'
import { Secret } from '../../../src/domain/secret.ts'

const asks = (conf: string) => needsChallenge({ kind: 'url', conf: new Secret(conf) })

t.test('a text that is kept whole asks for proof as the kind of its address does', async (t) => {
  for (const conf of [
    'gs://b/p',
    'azure://a.blob.core.windows.net/c',
    'sumo://h/x',
    's3://b/p',
    's3://b?x=1',
  ])
    t.ok(asks(conf), conf)
  for (const conf of [
    'r2://b/p',
    'https://h/p',
    'new://h/p',
    'nonsense',
    's3://b/p?access-key-id=k',
    's3://b/p?x=1&access-key-id=k',
  ])
    t.notOk(asks(conf), conf)
  t.ok(asks('s3://b/p?my-access-key-id=k'), 'another parameter whose name ends alike')
})

t.test('Amazon S3 asks for proof unless keys are given', async (t) => {
  const s3 = { kind: 's3', bucket: 'b', path: '', region: 'us-east-1' } as const
  const keys = { access_key_id: new Secret('k'), secret_access_key: new Secret('s') }
  t.ok(needsChallenge(s3))
  t.notOk(needsChallenge({ ...s3, ...keys }))
  t.notOk(needsChallenge({ ...s3, ...keys, kind: 's3_compatible', endpoint: 'e' }))
  t.ok(needsChallenge({ kind: 'gcs', bucket: 'b', path: '' }))
})

t.test('a place is named by its scheme, host or bucket, and whatever else tells it apart', async (t) => {
  const places = {
    's3://bucket/a/b?region=x': 's3://bucket',
    's3://bucket/a?region=x&endpoint=e.example%3A9000': 's3://bucket/e.example:9000',
    's3://bucket?endpoint=%ZZ': 's3://bucket/%ZZ',
    's3://bucket?endpoint=': 's3://bucket/',
    's3://bucket?my-endpoint=e': 's3://bucket',
    'r2://bucket/a?account-id=1': 'r2://bucket/1',
    'azure://a.blob.core.windows.net/one/two/three': 'azure://a.blob.core.windows.net/one',
    'bq://projects/p/datasets/d/tables/t': 'bq://projects/p/datasets/d/tables/t',
    'https://u:p@v@h.example/a': 'https://h.example',
    'new://h/a': 'new://h',
    nonsense: '',
  }
  for (const [conf, place] of Object.entries(places)) t.equal(destinationPlace(conf), place, conf)
})

t.test('a destination without limits of its own has the general ones', async (t) => {
  const general = {
    bytes: { min: 5_000_000, max: 1_000_000_000 },
    records: { min: 1_000, max: 1_000_000 },
    intervalSeconds: { min: 30, max: 300 },
  }
  t.same(uploadLimits({ kind: 'url' }), general)
  t.same(uploadLimits({ kind: 'new_relic' }), { ...general, bytes: { min: 1, max: 5_000_000 } })
})
