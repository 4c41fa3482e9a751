import t from 'tap'
import { AnswerTooLong, mediaTypeIn, readBody } from '../../src/cloudflare/answer.ts'

/** An answer that comes in pieces of so many bytes. */
function inPieces(text: string, size: number): Response {
  const bytes = new TextEncoder().encode(text)
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.slice(index * size, (index + 1) * size),
  )
  return new Response(ReadableStream.from(pieces))
}

t.test('a character that is cut by the network is put together again', async (t) => {
  const text = 'job ä, 日本, 😀'
  for (const size of [1, 2, 3, 5, 100]) t.equal(await readBody(inPieces(text, size), 1000), text, `${size}`)
})

t.test('a body that ends in the middle of a character says so', async (t) => {
  const half = new Response(ReadableStream.from([new Uint8Array([0x61, 0xe6, 0x97])]))
  t.equal(await readBody(half, 1000), 'a\ufffd')
})

t.test('as much as the limit is read, and not a byte more', async (t) => {
  t.equal(await readBody(inPieces('x'.repeat(64), 10), 64), 'x'.repeat(64))
  await t.rejects(readBody(inPieces('x'.repeat(65), 10), 64), new AnswerTooLong(64))
  t.equal(await readBody(new Response(null), 1), '')
})

t.test('an object in JSON counts as JSON under plain text and without a type, never as a page', async (t) => {
  const json = '\n {"success":true}'
  for (const type of ['text/plain; charset=utf-8', 'text/json', null, 'nonsense'])
    t.equal(mediaTypeIn(type, json), 'application/json', `${type}`)
  t.equal(mediaTypeIn('text/html', json), 'text/html')
  t.equal(mediaTypeIn('text/plain', 'upstream {'), 'text/plain')
  t.equal(mediaTypeIn('application/problem+json', json), 'application/problem+json')
})
