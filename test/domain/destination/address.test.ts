import t from 'tap'
import { fitsAddress } from '../../../src/domain/destination/address.ts'
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
