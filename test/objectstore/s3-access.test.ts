import t from 'tap'
import type { StorePlace } from '../../src/domain/destination/store-place.ts'
import { Secret } from '../../src/domain/secret.ts'
import { type S3Access, s3ClientConfig, s3Failure, whereIs } from '../../src/objectstore/s3-access.ts'
import { listTask } from '../../src/objectstore/store-failure.ts'

const s3: StorePlace = {
  store: 's3',
  bucket: 'quay-logs',
  path: '',
  region: 'eu-west-1',
  endpoint: 'own.example',
}
const bare: StorePlace = { ...s3, region: null, endpoint: null }
const r2: StorePlace = { store: 'r2', bucket: 'quay-logs', path: '', accountId: 'abc' }

t.test('S3 is where the settings say, else the destination, else the fallback, else AWS', async (t) => {
  const fallbackEndpoint = 'http://fallback'
  t.same(whereIs(s3, {}), { region: 'eu-west-1', endpoint: 'own.example' })
  t.same(whereIs(s3, { fallbackEndpoint }), { region: 'eu-west-1', endpoint: 'own.example' })
  t.same(whereIs(s3, { region: 'us-east-2', endpoint: 'http://mine', fallbackEndpoint }), {
    region: 'us-east-2',
    endpoint: 'http://mine',
  })
  t.same(whereIs(bare, { fallbackEndpoint }), { region: null, endpoint: fallbackEndpoint })
  t.same(whereIs(bare, {}), { region: null, endpoint: null })
})

t.test('R2 is where the settings say, else the fallback, else at the account', async (t) => {
  const fallbackEndpoint = 'http://fallback'
  t.same(whereIs(r2, {}), { region: 'auto', endpoint: 'https://abc.r2.cloudflarestorage.com' })
  t.same(whereIs(r2, { fallbackEndpoint }), { region: 'auto', endpoint: fallbackEndpoint })
  t.same(whereIs(r2, { region: 'eu', endpoint: 'http://mine', fallbackEndpoint }), {
    region: 'eu',
    endpoint: 'http://mine',
  })
})

t.test('a place of another store has neither region nor address of S3', async (t) => {
  const gcs: StorePlace = { store: 'gcs', bucket: 'quay-logs', path: '' }
  t.same(whereIs(gcs, {}), { region: null, endpoint: null })
})

const access: S3Access = { region: null, endpoint: null, forcePathStyle: true, credentials: null }

t.test('without settings region, address and keys are left to the AWS credential chain', async (t) => {
  const config = s3ClientConfig(access)
  for (const name of ['region', 'endpoint', 'forcePathStyle', 'credentials', 'profile'])
    t.notOk(name in config, name)
  t.match(config, { maxAttempts: 1, followRegionRedirects: true })
})

t.test('what is set reaches the client', async (t) => {
  const keys = { accessKeyId: new Secret('AKID'), secretAccessKey: new Secret('key') }
  const config = s3ClientConfig({
    region: 'eu-west-1',
    endpoint: 'http://store:9000',
    forcePathStyle: false,
    credentials: keys,
    profile: 'logs',
  })
  t.match(config, {
    region: 'eu-west-1',
    endpoint: 'http://store:9000',
    forcePathStyle: false,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'key' },
    profile: 'logs',
  })
})

t.test('a host without a scheme is asked over HTTPS', async (t) => {
  t.equal(s3ClientConfig({ ...access, endpoint: 'store.example' }).endpoint, 'https://store.example')
})

t.test('one attempt ends after ten seconds, or when it is told to', async (t) => {
  const limits = (ms: number) => ({ connectionTimeout: ms, requestTimeout: ms, socketTimeout: ms })
  const handler = { throwOnRequestTimeout: true }
  t.strictSame(s3ClientConfig(access).requestHandler, { ...limits(10_000), ...handler })
  t.strictSame(s3ClientConfig({ ...access, timeoutMs: 100 }).requestHandler, { ...limits(100), ...handler })
})

t.test('a refusal of S3 says what to do', async (t) => {
  const missing =
    'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or a role of the machine or the pod'
  const wrong = 'the keys in use are wrong or belong to another store'
  const cases: readonly (readonly [object, kind: string, advice: string])[] = [
    [{ name: 'CredentialsProviderError' }, 'auth', missing],
    [{ name: 'ExpiredToken' }, 'auth', missing],
    [{ name: 'ExpiredTokenException' }, 'auth', missing],
    [{ name: 'ProfileNotFoundException' }, 'auth', missing],
    [{ name: 'InvalidAccessKeyId', statusCode: 403 }, 'auth', wrong],
    [{ name: 'SignatureDoesNotMatch', statusCode: 403 }, 'auth', wrong],
    [{ name: 'InvalidToken', statusCode: 400 }, 'auth', wrong],
    [{ name: 'TokenRefreshRequired', statusCode: 400 }, 'auth', wrong],
    [{ name: 'NoSuchBucket', statusCode: 404 }, 'not_found', 'check the bucket in the destination'],
    [{ name: 'AccessDenied', statusCode: 403 }, 'forbidden', 'grant it'],
    [{ statusCode: 403 }, 'forbidden', 'grant it'],
    [{ message: 'Region is missing' }, 'invalid_request', 'set AWS_REGION, or the region of the destination'],
    [{ name: 'NoSuchThing', statusCode: 404 }, 'invalid_request', 'check bucket, region and endpoint'],
  ]
  for (const [error, kind, advice] of cases) {
    const failure = s3Failure(error, listTask(bare), 'grant it')
    t.equal(failure.kind, kind, JSON.stringify(error))
    t.equal(failure.message.split('; ').at(-1), advice, JSON.stringify(error))
  }
})
