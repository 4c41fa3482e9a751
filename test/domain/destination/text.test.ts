import t from 'tap'
import {
  decodePath,
  decodeText,
  encodePath,
  encodeValue,
  parseQuery,
  splitConf,
  textBefore,
} from '../../../src/domain/destination/text.ts'

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

t.test('only what would end a path is encoded in it', async (t) => {
  t.equal(encodePath('a/{DATE}/é=&+'), 'a/{DATE}/é=&+')
  t.equal(encodePath('a%b?c#d e'), 'a%25b%3Fc%23d%20e')
  t.equal(encodeValue('a/{DATE} é'), 'a%2F%7BDATE%7D%20%C3%A9')
  for (const encode of [encodePath, encodeValue])
    t.equal(decodeText(encode('half \ud800')), 'half \ufffd', 'half of a pair cannot be sent')
})

t.test('a scheme has 32 characters at the most and begins with a letter; a fragment has none', async (t) => {
  const scheme = (text: string) => splitConf(`${text}://a`)?.scheme ?? null
  t.equal(scheme('S3'), 's3')
  t.equal(scheme('a+b.c-1'), 'a+b.c-1')
  t.equal(scheme('a'.repeat(32)), 'a'.repeat(32))
  for (const wrong of ['', '3s', 'a'.repeat(33), 'a b', 'a:']) t.equal(scheme(wrong), null, wrong)
  t.equal(splitConf('s3://b#x'), null)
  t.equal(splitConf('s3://b?x#y'), null)
  t.same(splitConf('s3://?'), { scheme: 's3', address: '', query: '' })
  t.same(splitConf('s3://b?x?y'), { scheme: 's3', address: 'b', query: 'x?y' })
})

t.test('a text is cut before the first mark, if there is one', async (t) => {
  t.equal(textBefore('a/b/c', '/'), 'a')
  t.equal(textBefore('/a', '/'), '')
  t.equal(textBefore('a', '/'), 'a')
  t.equal(textBefore('', '/'), '')
})
