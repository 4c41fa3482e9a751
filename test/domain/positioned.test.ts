import t from 'tap'
import { didYouMean, quoted, unknownKey } from '../../src/domain/positioned.ts'

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
