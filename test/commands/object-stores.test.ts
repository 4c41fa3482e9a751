import t from 'tap'
import { storeSettings } from '../../src/commands/object-stores.ts'

/* Which variables of the environment say how object stores are reached. */

t.test('without variables all is left to the chain of each platform', async (t) => {
  const empty = {
    AWS_ENDPOINT_URL_S3: '',
    AWS_ENDPOINT_URL: '',
    AWS_ACCESS_KEY_ID: '',
    STORAGE_EMULATOR_HOST: '',
    AZURE_STORAGE_KEY: '',
  }
  for (const env of [{}, empty])
    t.strictSame(storeSettings(env), {
      s3: { endpoint: undefined, credentials: undefined },
      gcs: { apiEndpoint: undefined, fetch: undefined },
      azure: { connectionString: undefined, accountKey: undefined, sas: undefined },
    })
})

t.test("the endpoint of S3 comes before that of all of AWS's services", async (t) => {
  const endpoint = (env: Readonly<Record<string, string>>) => storeSettings(env).s3?.endpoint
  t.equal(endpoint({ AWS_ENDPOINT_URL: 'http://all' }), 'http://all')
  t.equal(endpoint({ AWS_ENDPOINT_URL: 'http://all', AWS_ENDPOINT_URL_S3: 'http://s3' }), 'http://s3')
  t.equal(endpoint({ AWS_ENDPOINT_URL_S3: 'http://s3' }), 'http://s3')
})

t.test('plain keys are taken whole, those of a session are left to the chain', async (t) => {
  const keys = (env: Readonly<Record<string, string>>) => {
    const { credentials } = storeSettings(env).s3 ?? {}
    return credentials === undefined
      ? null
      : [credentials.accessKeyId.reveal(), credentials.secretAccessKey.reveal()]
  }
  const both = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'canary' }
  t.same(keys(both), ['id', 'canary'])
  t.same(keys({ ...both, AWS_SESSION_TOKEN: '' }), ['id', 'canary'])
  t.equal(keys({ ...both, AWS_SESSION_TOKEN: 'session' }), null)
  t.equal(keys({ AWS_ACCESS_KEY_ID: 'id' }), null)
  t.equal(keys({ AWS_SECRET_ACCESS_KEY: 'canary' }), null)
})

t.test('Google has an endpoint and goes through the proxy; Azure has three secrets', async (t) => {
  const { gcs, azure } = storeSettings({
    STORAGE_EMULATOR_HOST: 'http://gcs',
    HTTPS_PROXY: 'http://proxy:3128',
    AZURE_STORAGE_CONNECTION_STRING: 'canary-string',
    AZURE_STORAGE_KEY: 'canary-key',
    AZURE_STORAGE_SAS_TOKEN: 'canary-sas',
  })
  t.equal(gcs?.apiEndpoint, 'http://gcs')
  t.type(gcs?.fetch, 'function')
  t.equal(azure?.connectionString?.reveal(), 'canary-string')
  t.equal(azure?.accountKey?.reveal(), 'canary-key')
  t.equal(azure?.sas?.reveal(), 'canary-sas')
})

t.test('the AWS client gives no advice about Node in our output', async (t) => {
  const name = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'
  delete process.env[name]
  storeSettings({})
  t.equal(process.env[name], 'true')
})
