import type { Socket } from 'node:net'
import t from 'tap'
import { Secret } from '../../src/domain/secret.ts'
import { createS3Reader } from '../../src/objectstore/s3-reader.ts'
import type { ObjectLocation } from '../../src/ports/object-reader.ts'
import { failureText } from '../support/failure-text.ts'
import { startFake } from '../support/object-stores.ts'
import { settle } from '../support/stepped-clock.ts'

const location: ObjectLocation = {
  place: { store: 's3', bucket: 'quay-logs', path: '', region: 'us-east-1', endpoint: null },
  key: 'http/challenge.txt',
  credentials: { accessKeyId: new Secret('AKID'), secretAccessKey: new Secret('key') },
}
const never = { signal: new AbortController().signal }

/** Reads from a store that answers with this, and gives what it was asked for. */
async function storeWith(t: { teardown(end: () => unknown): unknown }, status: number, text: string) {
  const asked: { readonly url: string | undefined; readonly socket: Socket }[] = []
  const { endpoint, stop } = await startFake(({ url, socket }, response) => {
    asked.push({ url, socket })
    response.writeHead(status, { 'content-type': status === 200 ? 'text/plain' : 'application/xml' })
    response.end(text)
  })
  t.teardown(stop)
  return { asked, reader: createS3Reader({ fallbackEndpoint: endpoint }) }
}

const error = (code: string): string => `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`

t.test('a file is asked for by the path of its bucket, and no connection is kept', async (t) => {
  const { asked, reader } = await storeWith(t, 200, 'a token')
  const read = await reader.read(location, never)
  t.equal(read === 'absent' ? read : read.reveal(), 'a token')
  t.match(asked, [{ url: '/quay-logs/http/challenge.txt?x-id=GetObject' }])
  // Long before the server would end it.
  await settle()
  t.equal(asked[0]?.socket.destroyed, true)
})

t.test('a file that is not there is absent, whatever else fails is a failure', async (t) => {
  t.equal(await (await storeWith(t, 404, error('NoSuchKey'))).reader.read(location, never), 'absent')
  const { reader } = await storeWith(t, 403, error('AccessDenied'))
  t.match(
    await failureText(reader.read(location, never)),
    /^forbidden: .*; grant s3:GetObject on the file and s3:ListBucket on the bucket to the credentials in use$/,
  )
  const long = await storeWith(t, 200, 'x'.repeat(65 * 1024))
  t.match(await failureText(long.reader.read(location, never)), /^bad_response: .* longer than 64 KiB/)
})
