import { getEventListeners } from 'node:events'
import t from 'tap'
import { Secret } from '../../src/domain/secret.ts'
import {
  type AzureSettings,
  azureFailure,
  openAzure,
  withinLimit,
} from '../../src/objectstore/azure-access.ts'
import { inspectThrown, listTask } from '../../src/objectstore/store-failure.ts'
import { startFake } from '../support/object-stores.ts'
import { warningsDuring } from '../support/warnings.ts'

const accountKey = new Secret(Buffer.from('key').toString('base64'))
const sas = new Secret('sig=x')
const connectionString = new Secret(
  `DefaultEndpointsProtocol=https;AccountName=other;AccountKey=${accountKey.reveal()};EndpointSuffix=example.org`,
)

t.test('an account is asked where it is set, else at its own address', async (t) => {
  const addressFor = async (settings: AzureSettings) => (await openAzure('quay', settings)).url
  t.equal(await addressFor({ accountKey }), 'https://quay.blob.core.windows.net/')
  t.equal(await addressFor({ accountKey, endpoint: 'http://store/quay' }), 'http://store/quay')
  t.equal(await addressFor({ connectionString, endpoint: 'http://store' }), 'https://other.blob.example.org/')
})

t.test('a connection string comes before a key, a key before a SAS, a SAS before a login', async (t) => {
  const kindFor = async (settings: AzureSettings) => {
    const { url, credential } = await openAzure('quay', settings)
    return `${new URL(url).host.split('.')[0]} ${credential.constructor.name} ${new URL(url).search}`
  }
  t.equal(await kindFor({ connectionString, accountKey, sas }), 'other StorageSharedKeyCredential ')
  t.equal(await kindFor({ accountKey, sas }), 'quay StorageSharedKeyCredential ')
  t.equal(await kindFor({ sas }), 'quay AnonymousCredential ?sig=x')
  t.equal(await kindFor({ sas: new Secret('?sig=x') }), 'quay AnonymousCredential ?sig=x')
  t.equal(await kindFor({}), 'quay DefaultAzureCredential ')
})

t.test('a service that fails is asked once', async (t) => {
  let calls = 0
  const store = await startFake((_request, response) => {
    calls += 1
    response.writeHead(503).end()
  })
  t.teardown(store.stop)
  const service = await openAzure('quay', { sas, endpoint: store.endpoint })
  await t.rejects(service.getContainerClient('logs').getProperties(), { name: 'RestError' })
  t.equal(calls, 1)
})

t.test('one call ends after its time limit, and leaves nothing on the signal of the process', async (t) => {
  const stop = new AbortController()
  const listeners = () => getEventListeners(stop.signal, 'abort').length
  const ends = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      // Unlike the timer of the limit, this one keeps the process alive, as a socket does.
      const alive = setTimeout(() => {}, 60_000)
      signal.addEventListener('abort', () => {
        clearTimeout(alive)
        reject(new Error('the client was interrupted'))
      })
    })
  await t.rejects(withinLimit({ timeoutMs: 20 }, stop.signal, ends), { name: 'TimeoutError' })
  t.equal(listeners(), 0)
  t.equal(await withinLimit({}, stop.signal, async () => listeners()), 1)
  t.equal(listeners(), 0)
  const interrupted = withinLimit({ timeoutMs: 60_000 }, stop.signal, ends)
  stop.abort()
  await t.rejects(interrupted, { message: 'the client was interrupted' })
})

t.test('many calls at once are no leak of the signal of the process', async (t) => {
  const { signal } = new AbortController()
  const calls = () => Promise.all(Array.from({ length: 12 }, () => withinLimit({}, signal, async () => {})))
  t.same(await warningsDuring(calls), [])
})

t.test('a refusal of Azure says what to do', async (t) => {
  const missing =
    'set AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or log in with the Azure CLI or a managed identity'
  const wrong = 'the key or SAS in use is wrong or has expired'
  const cases: readonly (readonly [object, kind: string, advice: string])[] = [
    [{ name: 'CredentialUnavailableError' }, 'auth', missing],
    [{ name: 'AuthenticationRequiredError' }, 'auth', missing],
    [{ name: 'AuthenticationError', statusCode: 400 }, 'auth', missing],
    [{ code: 'ContainerNotFound', statusCode: 404 }, 'not_found', 'check the container in the destination'],
    [{ code: 'AuthenticationFailed', statusCode: 403 }, 'auth', wrong],
    [{ code: 'InvalidAuthenticationInfo', statusCode: 401 }, 'auth', wrong],
    [{ code: 'AuthorizationFailure', statusCode: 403 }, 'forbidden', 'grant it'],
    [{ code: 'ResourceNotFound', statusCode: 404 }, 'invalid_request', 'check account, container and path'],
    [{ statusCode: 402 }, 'invalid_request', 'check account, container and path'],
  ]
  const task = listTask({ store: 'azure', account: 'quay', bucket: 'logs', path: '' })
  for (const [error, kind, advice] of cases) {
    const failure = azureFailure(inspectThrown(error), task, 'grant it')
    t.equal(failure.kind, kind, JSON.stringify(error))
    t.equal(failure.message.split('; ').at(-1), advice, JSON.stringify(error))
  }
})
