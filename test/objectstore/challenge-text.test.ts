import { Readable } from 'node:stream'
import t from 'tap'
import { ApiFailure } from '../../src/errors.ts'
import { challengeText } from '../../src/objectstore/challenge-text.ts'
import type { ObjectLocation } from '../../src/ports/object-reader.ts'

const location: ObjectLocation = {
  place: { store: 'gcs', bucket: 'quay-logs', path: '' },
  key: 'http/challenge.txt',
  credentials: null,
}
const limit = 64 * 1024

t.test('a challenge file of up to 64 KiB is read, and kept secret', async (t) => {
  const text = 'x'.repeat(limit)
  const read = await challengeText(Readable.from([text.slice(1), 'x']), location)
  t.equal(read.reveal(), text)
  t.notMatch(JSON.stringify(read), 'xx')
})

t.test('a longer one is some other object', async (t) => {
  const failure = await challengeText(Readable.from(['x'.repeat(limit), 'x']), location).catch(
    (error) => error,
  )
  t.ok(failure instanceof ApiFailure)
  t.match(failure, { kind: 'bad_response', status: undefined })
  t.same(failure.codes, [])
  t.equal(
    failure.message,
    'cannot read gs://quay-logs/http/challenge.txt: the object is not a challenge file; the object is longer than 64 KiB; check the path',
  )
})
