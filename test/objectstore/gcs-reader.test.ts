import { getEventListeners } from 'node:events'
import type { ServerResponse } from 'node:http'
import t from 'tap'
import { createGcsReader } from '../../src/objectstore/gcs-reader.ts'
import type { ObjectLocation } from '../../src/ports/object-reader.ts'
import { failureText } from '../support/failure-text.ts'
import { startFake } from '../support/object-stores.ts'

const location: ObjectLocation = {
  place: { store: 'gcs', bucket: 'quay-logs', path: '' },
  key: 'http/challenge.txt',
  credentials: null,
}

/** Reads where Google answers like this. */
async function readOf(
  t: Pick<typeof import('tap').default, 'teardown'>,
  answer: (response: ServerResponse) => void,
  signal = new AbortController().signal,
) {
  const { endpoint, stop } = await startFake((_, response) => answer(response))
  t.teardown(stop)
  const read = await createGcsReader({ apiEndpoint: endpoint }).read(location, { signal })
  return read === 'absent' ? read : read.reveal()
}

const says = (status: number, text: string) => (response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'text/plain' }).end(text)

t.test('a file is read whatever checksum comes with it, and nothing is left on the signal', async (t) => {
  const { signal } = new AbortController()
  const answer = (response: ServerResponse) =>
    void response.writeHead(200, { 'x-goog-hash': 'crc32c=AAAAAA==' }).end('a token')
  t.equal(await readOf(t, answer, signal), 'a token')
  t.same(getEventListeners(signal, 'abort'), [])
})

t.test('a file that is not there is absent, a missing bucket a failure', async (t) => {
  t.equal(await readOf(t, says(404, 'No such object: quay-logs/http/challenge.txt')), 'absent')
  t.match(
    await failureText(readOf(t, says(404, 'The specified bucket does not exist.'))),
    /^not_found: cannot read gs:.*; check the bucket in the destination$/,
  )
})

t.test('a refusal says what to grant, and an object that is no challenge file says so', async (t) => {
  t.equal(
    await failureText(readOf(t, says(403, 'denied'))),
    'forbidden: cannot read gs://quay-logs/http/challenge.txt: access denied (status 403); grant storage.objects.get (role Storage Object Viewer) on the bucket to the credentials in use',
  )
  t.match(
    await failureText(readOf(t, says(200, 'x'.repeat(65 * 1024)))),
    /^bad_response: .* longer than 64 KiB/,
  )
})

t.test('reading ends when the process does, before it began or within', async (t) => {
  t.match(
    await failureText(readOf(t, says(200, 'a token'), AbortSignal.abort())),
    /^aborted: cannot read gs:/,
  )
  const stop = new AbortController()
  const reading = readOf(t, () => stop.abort(), stop.signal)
  t.match(await failureText(reading), /^aborted: cannot read gs:.*the run was interrupted/)
})
