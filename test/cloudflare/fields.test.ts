import t from 'tap'
import * as z from 'zod/mini'
import {
  camelCased,
  idText,
  instantOf,
  jsonSecret,
  optionalJsonText,
  optionalRecord,
} from '../../src/cloudflare/fields.ts'

t.test('a time is one after 1970; "never" in all its forms is none', async (t) => {
  t.equal(instantOf('1970-01-01T00:00:00.001Z'), 1)
  for (const never of ['1970-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '', 'null'])
    t.equal(instantOf(never), null)
})

t.test('an id is a text that is not empty, or a number that has all its digits', async (t) => {
  t.strictSame(
    ['a', 7, '', 7.5, 2 ** 53, null].map((id) => z.safeParse(idText, id).data ?? null),
    ['a', '7', null, null, null, null],
  )
})

t.test('JSON comes as a text or as what it stands for', async (t) => {
  const read = (value: unknown) => optionalJsonText.parse(value)
  t.strictSame(['{"a":1}', { a: 1 }, '', null, undefined].map(read), ['{"a":1}', '{"a":1}', null, null, null])
  t.strictSame(
    [{ a: 1 }, null].map((value) => jsonSecret.parse(value).reveal()),
    ['{"a":1}', ''],
  )
})

t.test('an empty text or list stands for no object, a full one for none that can be read', async (t) => {
  const read = (value: unknown) => optionalRecord.safeParse(value)
  t.strictSame(
    [{ a: 1 }, '', [], null].map((value) => read(value).data),
    [{ a: 1 }, null, null, null],
  )
  t.strictSame(
    ['x', [1]].map((value) => read(value).success),
    [false, false],
  )
})

t.test('names of several words become ours', async (t) => {
  t.strictSame(camelCased({ id: 1, last_error: 2, max_upload_bytes: 3 }), {
    id: 1,
    lastError: 2,
    maxUploadBytes: 3,
  })
})
