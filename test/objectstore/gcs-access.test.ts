import t from 'tap'
import { gcsFailure, openGcs } from '../../src/objectstore/gcs-access.ts'
import { inspectThrown, listTask } from '../../src/objectstore/store-failure.ts'
import { startFake } from '../support/object-stores.ts'

t.test('a store that fails is asked once', async (t) => {
  let calls = 0
  const store = await startFake((_request, response) => {
    calls += 1
    response.writeHead(503).end()
  })
  t.teardown(store.stop)
  const bucket = openGcs({ apiEndpoint: store.endpoint }).bucket('quay-logs')
  await t.rejects(bucket.getMetadata(), { code: 503 })
  t.equal(calls, 1)
})

t.test('one call ends after ten seconds, or when it is told to', async (t) => {
  t.equal(openGcs({}).timeout, 10_000)
  t.equal(openGcs({ timeoutMs: 100 }).timeout, 100)
})

t.test('only an emulator is asked elsewhere, and needs no project', async (t) => {
  const google = openGcs({})
  t.notOk(google.customEndpoint)
  t.equal(google.baseUrl, 'https://storage.googleapis.com/storage/v1')
  const emulator = openGcs({ apiEndpoint: 'http://store' })
  t.equal(emulator.customEndpoint, true)
  t.equal(emulator.apiEndpoint, 'http://store')
  t.equal(await emulator.authClient.getProjectId(), 'none')
})

t.test('credentials are those of the file that is set', async (t) => {
  t.match(openGcs({ credentialsFile: '/run/key.json' }).authClient, { keyFilename: '/run/key.json' })
  t.notMatch(openGcs({}).authClient, { keyFilename: String })
})

t.test('a refusal of Google Cloud Storage says what to do', async (t) => {
  const login =
    'set GOOGLE_APPLICATION_CREDENTIALS, run "gcloud auth application-default login", or use workload identity'
  const cases: readonly (readonly [object, kind: string, advice: string])[] = [
    [{ message: 'Could not load the default credentials.' }, 'auth', login],
    [{ message: 'Unable to read the credential file' }, 'auth', login],
    [{ code: 'ENOENT', message: 'The file at x does not exist, or it is not a file.' }, 'auth', login],
    [{ code: 404, message: 'Not Found' }, 'not_found', 'check the bucket in the destination'],
    [{ code: 401, message: 'Login Required' }, 'auth', 'the credentials in use are wrong or have expired'],
    [{ code: 403, message: 'denied' }, 'forbidden', 'grant it'],
    [{ code: 400, message: 'Bad Request' }, 'invalid_request', 'check the bucket and the path'],
    [{ code: 503, message: 'Backend Error' }, 'unavailable', 'try again later'],
  ]
  const task = listTask({ store: 'gcs', bucket: 'quay-logs', path: '' })
  for (const [error, kind, advice] of cases) {
    const failure = gcsFailure(inspectThrown(error), task, 'grant it')
    t.equal(failure.kind, kind, JSON.stringify(error))
    t.equal(failure.message.split('; ').at(-1), advice, JSON.stringify(error))
  }
})
