import t from 'tap'
import { mediaTypeIn, readBody } from '../../src/cloudflare/answer.ts'

/** An answer that comes in pieces of so many bytes. */
function inPieces(text: string, size: number, type = 'text/html'): Response {
  const bytes = new TextEncoder().encode(text)
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.slice(index * size, (index + 1) * size),
  )
  return new Response(ReadableStream.from(pieces), { headers: { 'content-type': type } })
}

t.test('a character that is cut by the network is put together again', async (t) => {
  const text = 'job ä, 日本, 😀'
  for (const size of [1, 2, 3, 5, 100])
    t.equal((await readBody(inPieces(text, size), 1000)).text, text, `${size}`)
})

t.test('a body that ends in the middle of a character says so', async (t) => {
  const half = new Response(ReadableStream.from([new Uint8Array([0x61, 0xe6, 0x97])]))
  t.equal((await readBody(half, 1000)).text, 'a\ufffd')
})

t.test('as much as the limit is read, and not a byte more', async (t) => {
  t.strictSame(await readBody(inPieces('x'.repeat(64), 10), 64), { text: 'x'.repeat(64), excess: null })
  t.strictSame(await readBody(inPieces('x'.repeat(65), 10), 64), {
    text: '',
    excess: 'is longer than 0.064 kB',
  })
  t.strictSame(await readBody(new Response(null), 1), { text: '', excess: null })
})

const json = 'application/json'

t.test('JSON that is nested too deep is left at that depth, however it comes in pieces', async (t) => {
  const deep = (levels: number): string => `${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`
  for (const size of [1, 7, 10_000]) {
    t.equal((await readBody(inPieces(deep(64), size, json), 100_000)).text, deep(64))
    const { excess } = await readBody(inPieces(deep(66), size, json), 100_000)
    t.equal(excess, 'is nested more than 64 levels deep')
  }
})

t.test('only as many objects are parsed as an answer of that length really has', async (t) => {
  const dense = `[${'{},'.repeat(2_000)}{}]`
  const { excess } = await readBody(inPieces(dense, 1_000, json), 100_000)
  t.equal(excess, 'has more than 1563 objects and lists')
  t.equal((await readBody(inPieces(dense, 1_000, json), 200_000)).text, dense)
})

t.test('brackets in texts do not count, nor do those of a page', async (t) => {
  const texts = JSON.stringify({ message: '[{'.repeat(500), more: `\\"${'['.repeat(500)}` })
  for (const size of [1, 3, 10_000])
    t.equal((await readBody(inPieces(texts, size, json), 10_000)).text, texts)
  const page = '{[<'.repeat(200)
  t.equal((await readBody(inPieces(page, 100), 10_000)).text, page)
})

t.test('an object in JSON counts as JSON under plain text and without a type, never as a page', async (t) => {
  const text = '\n {"success":true}'
  for (const type of ['text/plain; charset=utf-8', 'text/json', null, 'nonsense'])
    t.equal(mediaTypeIn(type, text), json, `${type}`)
  t.equal(mediaTypeIn('text/html', text), 'text/html')
  t.equal(mediaTypeIn('text/plain', 'upstream {'), 'text/plain')
  t.equal(mediaTypeIn('application/problem+json', text), 'application/problem+json')
})

t.test('a limit of a megabyte and more is told in megabytes', async (t) => {
  const told = async (bytes: number) =>
    (await readBody(inPieces('x'.repeat(bytes + 1), 600_000), bytes)).excess
  t.equal(await told(999_000), 'is longer than 999 kB')
  t.equal(await told(1_000_000), 'is longer than 1 MB')
})
