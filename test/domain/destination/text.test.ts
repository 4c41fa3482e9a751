import t from 'tap'
import { decodePath, decodeText, parseQuery, splitConf } from '../../../src/domain/destination/text.ts'

t.test('a query is read where it says one thing only', async (t) => {
  const read = (query: string | null) => {
    const params = parseQuery(query)
    return params === null ? null : Object.fromEntries(params)
  }
  t.same(read(null), {})
  t.same(read(''), {})
  t.same(read('a=1&b=%2F&c='), { a: '1', b: '/', c: '' })
  t.same(read('a=b=c'), { a: 'b=c' })
  for (const odd of ['a', '=1', 'a=1&a=2', 'a=%', '%=1', 'a=1+2', 'a+b=1', 'a=1&&b=2'])
    t.equal(read(odd), null, odd)
})

t.test('a text that cannot be decoded is none, and a path only the one that is written so', async (t) => {
  t.equal(decodeText('a%20b'), 'a b')
  t.equal(decodeText('%E0%A4%A'), null)
  t.equal(decodePath('a%20b/c'), 'a b/c')
  t.equal(decodePath('a b'), null)
})

t.test('an address has a scheme, a place and perhaps a query', async (t) => {
  t.match(splitConf('s3://bucket/path?region=x'), { scheme: 's3', address: 'bucket/path', query: 'region=x' })
  t.match(splitConf('gs://bucket'), { scheme: 'gs', address: 'bucket', query: null })
  t.equal(splitConf('bucket/path'), null)
})
