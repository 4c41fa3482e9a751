import t from 'tap'
import { buildAddress, fitsAddress, parseAddress } from '../../../src/domain/destination/address.ts'
import { kindSpec } from '../../../src/domain/destination/kinds.ts'
import type { FieldSpec } from '../../../src/domain/destination/spec.ts'

const field = { type: 'text', required: true, doc: 'A field.' } as const

/** Which of the texts may stand in the address as a field of this form. */
const fitting = (form: Partial<FieldSpec>, texts: readonly string[]) =>
  texts.filter((text) => fitsAddress({ ...field, ...form }, text))

t.test('a plain field is one segment, whole', async (t) => {
  t.same(fitting({}, ['quay-logs', 'a.b', 'a/b', 'a?b', 'a#b', 'a b', 'a@b', '']), ['quay-logs', 'a.b'])
  t.same(fitting({ shape: 'label' }, ['eu1', 'a.b', 'a:1']), ['eu1'])
  t.same(fitting({ shape: 'host' }, ['a.b:8088', 'a/b', 'user@a']), ['a.b:8088'])
})

t.test('a path is anything that does not begin with a slash', async (t) => {
  t.same(fitting({ shape: 'path' }, ['', 'a/b/', '/a', 'a b']), ['', 'a/b/', 'a b'])
})

t.test('an address is one of HTTPS, with a host and without a query', async (t) => {
  const texts = [
    'https://a.example',
    'https://a.example/b',
    'http://a.example',
    'https:///b',
    'https://a?b',
    'a',
  ]
  t.same(fitting({ shape: 'url' }, texts), ['https://a.example', 'https://a.example/b'])
})

t.test('where values are known, it is one of their names', async (t) => {
  const values = { us: 'http-intake.example', eu: 'http-intake.example.eu' }
  t.same(fitting({ values }, ['us', 'eu', 'http-intake.example', 'toString', '']), ['us', 'eu'])
})

const bucket = kindSpec('s3')
const values = (path: string) => new Map(Object.entries({ bucket: 'b', path }))

t.test('a folder that is empty takes its slash with it, and both are read back', async (t) => {
  for (const [path, address] of [
    ['', 'b'],
    ['a', 'b/a'],
    ['a/', 'b/a/'],
    ['a b%?#', 'b/a%20b%25%3F%23'],
  ] as const) {
    t.equal(buildAddress(bucket, values(path)), address)
    t.same(parseAddress(bucket, address), values(path), address)
  }
  t.same(parseAddress(bucket, 'b/'), values(''))
})

t.test('an address that the template does not say exactly is none', async (t) => {
  for (const address of ['', '/a', 'b//a', 'b@c/a', 'b/a?x', 'b/a b', 'b/%41'])
    t.equal(parseAddress(bucket, address), null, address)
  const newRelic = kindSpec('new_relic')
  t.same(parseAddress(newRelic, 'log-api.newrelic.com/log/v1'), new Map([['region', 'us']]))
  t.same(parseAddress(newRelic, 'log-api.eu.newrelic.com/log/v1'), new Map([['region', 'eu']]))
  for (const address of [
    'log-api.newrelic.com/log/v1/',
    'xlog-api.newrelic.com/log/v1',
    'log-apixeu.newrelic.com/log/v1',
    'log-api.newrelicxcom/log/v1',
  ])
    t.equal(parseAddress(newRelic, address), null, address)
})

t.test('the address of a collector is kept with its scheme', async (t) => {
  const http = kindSpec('http')
  const url = new Map([['url', 'https://a.example/in']])
  t.equal(buildAddress(http, url), 'a.example/in')
  t.same(parseAddress(http, 'a.example/in'), url)
  t.equal(parseAddress(http, ''), null)
})
