import t from 'tap'
import { Secret } from '../../src/domain/secret.ts'
import { createAzureReader } from '../../src/objectstore/azure-reader.ts'
import type { ObjectLocation } from '../../src/ports/object-reader.ts'
import { failureText } from '../support/failure-text.ts'
import { startFake } from '../support/object-stores.ts'

const location: ObjectLocation = {
  place: { store: 'azure', account: 'quay', bucket: 'logs', path: '' },
  key: 'http/challenge.txt',
  credentials: null,
}
const never = { signal: new AbortController().signal }

/** What reading comes to where Azure answers with this. */
async function readOf(
  t: Pick<typeof import('tap').default, 'teardown'>,
  status: number,
  code: string,
  text = '',
) {
  const { endpoint, stop } = await startFake((_, response) => {
    const body = code === '' ? text : `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`
    response.writeHead(status, {
      'content-type': code === '' ? 'text/plain' : 'application/xml',
      'content-length': body.length,
      etag: '"1"',
      'x-ms-error-code': code,
    })
    response.end(body)
  })
  t.teardown(stop)
  return createAzureReader({ sas: new Secret('sig=x'), endpoint, timeoutMs: 2_000 }).read(location, never)
}

t.test('a file is read from its first byte to its last', async (t) => {
  const read = await readOf(t, 200, '', 'a token')
  t.equal(read === 'absent' ? read : read.reveal(), 'a token')
})

t.test('a file that is not there yet is absent', async (t) => {
  t.equal(await readOf(t, 404, 'BlobNotFound'), 'absent')
})

t.test('a refusal says what to grant, and an object that is no challenge file says so', async (t) => {
  t.equal(
    await failureText(readOf(t, 403, 'AuthorizationFailure')),
    'forbidden: cannot read azure://quay/logs/http/challenge.txt: access denied (AuthorizationFailure, status 403); grant "Storage Blob Data Reader" on the container, or use a SAS that may read (sp=r)',
  )
  t.match(
    await failureText(readOf(t, 200, '', 'x'.repeat(65 * 1024))),
    /^bad_response: .* longer than 64 KiB/,
  )
})

t.test('a service that does not answer is given up', async (t) => {
  const silent = await startFake(() => undefined)
  t.teardown(silent.stop)
  const reader = createAzureReader({ sas: new Secret('sig=x'), endpoint: silent.endpoint, timeoutMs: 50 })
  t.match(await failureText(reader.read(location, never)), /^timeout: cannot read azure:/)
})

t.test('a place of another store is a bug of the caller', async (t) => {
  const place = { store: 'gcs', bucket: 'logs', path: '' } as const
  await t.rejects(createAzureReader().read({ ...location, place }, never), {
    name: 'InternalError',
    message: 'the Azure reader cannot read from gcs',
  })
})
