import t from 'tap'
import { listedObject, pageUntil } from '../../src/objectstore/list-page.ts'
import type { ListedObject } from '../../src/ports/object-lister.ts'

const asked = { after: 'http/2', until: 'http/5' }
const files = (...keys: readonly string[]): readonly ListedObject[] =>
  keys.map((key) => ({ key, bytes: 1, written: 0 }))
const next = { last: 'http/4', cursor: 'more' }

t.test('a page holds what lies between the two ends, without them', async (t) => {
  const { objects } = pageUntil(
    asked,
    files('http/1', 'http/2', 'http/2a', 'http/4', 'http/5', 'http/6'),
    next,
  )
  t.same(objects, files('http/2a', 'http/4'))
})

t.test('the next page is asked for only while it can hold more', async (t) => {
  const cursorAfter = (last: string) => pageUntil(asked, [], { last, cursor: 'more' }).cursor
  t.equal(cursorAfter('http/4'), 'more')
  t.equal(cursorAfter('http/5'), null)
  t.equal(cursorAfter('http/6'), null)
  t.equal(pageUntil(asked, [], { last: 'http/4', cursor: null }).cursor, null)
})

t.test('a store that shows one file from before the beginning did not begin there', async (t) => {
  const sought = (...keys: readonly string[]) => pageUntil(asked, files(...keys), next).sought
  t.equal(sought('http/2', 'http/3'), true)
  t.equal(sought('http/1', 'http/3'), false)
  t.equal(sought('http', 'http/3'), true, 'a folder above the beginning is an entry of its own')
  t.equal(sought('2', 'http/3'), false, 'the end of the beginning is no folder above it')
  t.equal(sought(), true)
})

t.test('a file counts with its key, its size and when it was written', async (t) => {
  t.same(listedObject('a', 7, 1_000), [{ key: 'a', bytes: 7, written: 1_000 }])
  t.same(listedObject('a', 0, 1_000), [{ key: 'a', bytes: 0, written: 1_000 }])
  for (const time of [undefined, Number.NaN, Number.POSITIVE_INFINITY])
    t.same(listedObject('a', 7, time), [{ key: 'a', bytes: 7, written: 0 }], 'that of an old file')
})

t.test('what has no key or no size in bytes is no file', async (t) => {
  for (const key of [undefined, null, 7]) t.same(listedObject(key, 7, 0), [])
  for (const bytes of [undefined, '7', -1, 0.5, Number.NaN, 2 ** 53]) t.same(listedObject('a', bytes, 0), [])
})
