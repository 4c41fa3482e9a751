import t from 'tap'
import { describe, didYouMean, quoted, unknownKey } from '../../src/domain/positioned.ts'

t.test('a text of sixty characters is shown in full, a longer one is cut to it', async (t) => {
  t.equal(quoted('x'.repeat(60)), `"${'x'.repeat(60)}"`)
  t.equal(quoted('x'.repeat(61)), `"${'x'.repeat(57)}..."`)
  t.equal(quoted('a "b"\n'), '"a \\"b\\"\\n"')
  t.equal(quoted('https://user:canary@host/x'), '"https://***@host/x"')
})

t.test('a wrong name is told what it may mean', async (t) => {
  t.equal(didYouMean('dataste', ['dataset', 'zone']), '; did you mean "dataset"?')
  t.equal(didYouMean('zzz', ['dataset', 'owner']), '')
})

t.test('an unknown key is told the known ones, unless they are many', async (t) => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `key-number-${index}`)
  t.match(unknownKey('zzz', names(12)), /known keys: key-number-0, .*key-number-11$/)
  t.notMatch(unknownKey('zzz', names(13)), /known keys/)
})

t.test('what stands somewhere is said in words', async (t) => {
  const at = { line: 1, column: 1 }
  const scalar = { kind: 'scalar', at, type: 'text', text: '60' } as const
  t.equal(describe({ kind: 'map', at, entries: [] }), 'a mapping')
  t.equal(describe({ kind: 'list', at, items: [] }), 'a list')
  t.equal(describe({ ...scalar, type: 'nothing', text: '' }), 'nothing')
  t.equal(describe(scalar), '"60"')
  t.equal(describe({ ...scalar, text: '' }), '""', 'an empty text is not nothing')
})

t.test('an unknown key that is near a known one is told that one alone', async (t) => {
  t.equal(unknownKey('hots', ['host', 'port']), 'unknown key "hots"; did you mean "host"?')
  t.equal(unknownKey('zzz', ['host', 'port']), 'unknown key "zzz"; known keys: host, port')
})
