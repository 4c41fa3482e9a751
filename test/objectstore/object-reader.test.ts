import t from 'tap'
import type { StorePlace } from '../../src/domain/destination/store-place.ts'
import { Secret } from '../../src/domain/secret.ts'
import { createObjectReader } from '../../src/objectstore/object-reader.ts'
import type { StoreSettings } from '../../src/objectstore/store-settings.ts'
import type { ObjectLocation } from '../../src/ports/object-reader.ts'
import { failureText } from '../support/failure-text.ts'
import { azuriteAccount, startAzurite, startFake, startGcs, startS3 } from '../support/object-stores.ts'

const token = 'eyJhbGciOi.eyJleHAiOjE.c2ln'
const canary = 'CANARY-do-not-print'
const key = 'workers/20261124/ownership-challenge-0a1b2c3d.txt'
const keys = { accessKeyId: new Secret('S3RVER'), secretAccessKey: new Secret(canary) }

type Over = Partial<Extract<StorePlace, { store: 's3' }>> &
  Partial<Pick<ObjectLocation, 'key' | 'credentials'>>

function s3({ key: at = key, credentials = keys, ...over }: Over = {}): ObjectLocation {
  const bucket = { store: 's3', bucket: 'quay-logs', path: '', region: 'us-east-1', endpoint: null } as const
  return { place: { ...bucket, ...over }, key: at, credentials }
}
const r2: ObjectLocation = {
  place: { store: 'r2', bucket: 'audit', path: '', accountId: 'a'.repeat(32) },
  key,
  credentials: keys,
}
const gcs: ObjectLocation = {
  place: { store: 'gcs', bucket: 'quay-logs', path: '' },
  key,
  credentials: null,
}
const azureIn = (bucket: string): ObjectLocation => ({
  place: { store: 'azure', account: azuriteAccount.name, bucket, path: '' },
  key,
  credentials: null,
})
const azure = azureIn('quay-logs')

async function read(
  location: ObjectLocation,
  settings: StoreSettings,
  signal: AbortSignal = new AbortController().signal,
): Promise<string> {
  const answer = await createObjectReader(settings).read(location, { signal })
  return answer === 'absent' ? 'absent' : answer.reveal()
}

const s3Error = (status: number, code: string) =>
  startFake((_, response) => {
    response.writeHead(status, { 'content-type': 'application/xml' })
    response.end(
      `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${canary} is not allowed</Message></Error>`,
    )
  })

t.test('S3 and R2, for real, from an emulator', async (t) => {
  const store = await startS3(['quay-logs', 'audit'])
  t.teardown(store.stop)
  const settings = { s3: { endpoint: store.endpoint } }
  t.equal(await read(s3(), settings), 'absent', 'a file that is not there yet is absent, not an error')
  await store.put('quay-logs', key, `${token}\n`)
  await store.put('audit', key, token)
  await store.put('audit', 'big', 'x'.repeat(65 * 1024))
  await store.put('audit', 'empty', '')
  t.equal(await read(s3(), settings), `${token}\n`)
  t.equal(
    await read(s3({ endpoint: store.endpoint }), {}),
    `${token}\n`,
    'the endpoint of the destination is used',
  )
  t.equal(await read(r2, settings), token)
  t.equal(await read(s3({ bucket: 'audit', key: 'empty' }), settings), '')
  t.equal(
    await failureText(read(s3({ bucket: 'audit', key: 'big' }), settings)),
    'bad_response: cannot read s3://audit/big: the object is not a challenge file; the object is longer than 64 KiB; check the path',
  )
  t.equal(
    await failureText(read(s3({ bucket: 'missing' }), settings)),
    `not_found: cannot read s3://missing/${key}: no such bucket or container (NoSuchBucket, status 404); check the bucket in the destination`,
  )
})

t.test('failures of S3 say what to do, and quote nothing from outside', async (t) => {
  const cases: readonly [number, string, string][] = [
    [
      403,
      'AccessDenied',
      `forbidden: cannot read s3://quay-logs/${key}: access denied (AccessDenied, status 403); grant s3:GetObject on the file and s3:ListBucket on the bucket to the credentials in use`,
    ],
    [
      403,
      'InvalidAccessKeyId',
      `auth: cannot read s3://quay-logs/${key}: no usable credentials (InvalidAccessKeyId, status 403); the keys in use are wrong or belong to another store`,
    ],
    [
      503,
      'SlowDown',
      `unavailable: cannot read s3://quay-logs/${key}: the store is unavailable (SlowDown, status 503); try again later`,
    ],
    [
      400,
      'AuthorizationHeaderMalformed',
      `invalid_request: cannot read s3://quay-logs/${key}: the store refused the request (AuthorizationHeaderMalformed, status 400); check bucket, region and endpoint`,
    ],
  ]
  for (const [status, code, message] of cases) {
    const fake = await s3Error(status, code)
    t.equal(await failureText(read(s3(), { s3: { endpoint: fake.endpoint } })), message)
    await fake.stop()
  }
})

t.test('a store that hangs, resets, is interrupted or is not there', async (t) => {
  const hang = await startFake(() => undefined)
  t.teardown(hang.stop)
  const reset = await startFake((request) => request.socket.destroy())
  t.teardown(reset.stop)
  const gone = await startFake(() => undefined)
  await gone.stop()

  // Its client has two timers of the same length, and a busy machine decides which one it is.
  t.match(
    await failureText(read(s3(), { s3: { endpoint: hang.endpoint, timeoutMs: 100 } })),
    /^timeout: cannot read s3:.*: no response in time \((ETIMEDOUT|TimeoutError)\); check that the address is right/,
  )
  t.match(await failureText(read(s3(), { s3: { endpoint: reset.endpoint } })), /^network: .*ECONNRESET/)
  t.match(await failureText(read(s3(), { s3: { endpoint: gone.endpoint } })), /^network: .*ECONNREFUSED/)
  t.match(await failureText(read(gcs, { gcs: { apiEndpoint: gone.endpoint } })), /^network: .*ECONNREFUSED/)
  t.match(
    await failureText(read(azure, { azure: { endpoint: gone.endpoint, sas: new Secret(`sig=${canary}`) } })),
    /^network: /,
  )
  for (const [location, settings] of [
    [s3(), { s3: { endpoint: hang.endpoint } }],
    [gcs, { gcs: { apiEndpoint: hang.endpoint } }],
    [azure, { azure: { endpoint: hang.endpoint, sas: new Secret('sig=x') } }],
  ] as const) {
    const controller = new AbortController()
    const outcome = failureText(read(location, settings, controller.signal))
    await new Promise(setImmediate)
    controller.abort()
    t.match(
      await outcome,
      /^aborted: .*the run was interrupted/,
      `${location.place.store} can be interrupted`,
    )
  }
})

t.test('GCS reads with its own client', async (t) => {
  const store = await startGcs(new Map([[`quay-logs/${key}`, token]]))
  t.teardown(store.stop)
  const settings = { gcs: { apiEndpoint: store.endpoint } }
  t.equal(await read(gcs, settings), token)
  t.equal(await read({ ...gcs, key: 'not/there' }, settings), 'absent')
  const answers: readonly [number, object, string][] = [
    [403, { error: { code: 403, message: `${canary} denied` } }, 'forbidden: '],
    [401, { error: { code: 401, message: canary } }, 'auth: '],
    [404, { error: { code: 404, message: 'The specified bucket does not exist.' } }, 'not_found: '],
    [503, { error: { code: 503, message: canary } }, 'unavailable: '],
    [400, { error: { code: 400, message: canary } }, 'invalid_request: '],
  ]
  for (const [status, body, start] of answers) {
    const fake = await startFake((_, response) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })
    const message = await failureText(read(gcs, { gcs: { apiEndpoint: fake.endpoint } }))
    t.match(message, new RegExp(`^${start}cannot read gs://quay-logs/.*status ${status}`))
    t.notMatch(message, canary)
    await fake.stop()
  }
})

t.test('Azure Blob, for real, from Azurite', async (t) => {
  const store = await startAzurite(['quay-logs'])
  t.teardown(store.stop)
  const byString = { azure: { connectionString: new Secret(store.connectionString) } }
  const byKey = { azure: { accountKey: new Secret(azuriteAccount.key), endpoint: store.endpoint } }
  t.equal(await read(azure, byString), 'absent')
  await store.put('quay-logs', key, token)
  t.equal(await read(azure, byString), token)
  t.equal(await read(azure, byKey), token)
  t.equal(
    await failureText(read(azureIn('missing'), byString)),
    `not_found: cannot read azure://devstoreaccount1/missing/${key}: no such bucket or container (ContainerNotFound, status 404); check the container in the destination`,
  )
  const wrongKey = {
    azure: { accountKey: new Secret(Buffer.from(canary).toString('base64')), endpoint: store.endpoint },
  }
  t.match(await failureText(read(azure, wrongKey)), /^(auth|forbidden): cannot read azure:/)
  const sas = { azure: { sas: new Secret(`?sv=2024-11-04&sig=${canary}`), endpoint: store.endpoint } }
  const message = await failureText(read(azure, sas))
  t.match(message, /^(auth|forbidden): cannot read azure:/)
  t.notMatch(message, canary)
})

t.test('without credentials the message names what to set', async (t) => {
  const before = { ...process.env }
  t.teardown(() => {
    process.env = before
  })
  process.env = {
    PATH: '',
    HOME: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
    GOOGLE_APPLICATION_CREDENTIALS: '/nonexistent/key.json',
    AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential',
  }
  t.equal(
    await failureText(read(s3({ credentials: null }), {})),
    `auth: cannot read s3://quay-logs/${key}: no usable credentials (CredentialsProviderError); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or a role of the machine or the pod`,
  )
  t.equal(
    await failureText(read(gcs, {})),
    `auth: cannot read gs://quay-logs/${key}: no usable credentials (ENOENT); set GOOGLE_APPLICATION_CREDENTIALS, run "gcloud auth application-default login", or use workload identity`,
  )
  t.match(
    await failureText(read(azure, {})),
    /^auth: cannot read azure:.*set AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN/,
  )
})
