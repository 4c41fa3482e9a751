import fc from 'fast-check'
import t from 'tap'
import { isGlob, matchesGlob } from '../../src/domain/glob.ts'

t.test('a star is any characters, a question mark one, and the whole text must match', async (t) => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['quay.example', 'Quay.Example', true],
    ['quay.example', 'quay.example.org', false],
    ['*.example', 'quay.example', true],
    ['*.example', 'quay.example.org', false],
    ['quay*', 'quay', true],
    ['cdn?.example', 'cdn1.example', true],
    ['cdn?.example', 'cdn.example', false],
    ['*a*b*', 'xxaxxbxx', true],
    ['*a*b', 'xxbxxa', false],
    ['', '', true],
    ['', 'x', false],
    ['**', 'anything', true],
  ]
  for (const [glob, text, expected] of cases) t.equal(matchesGlob(glob, text), expected, `${glob} ${text}`)
})

t.test('it agrees with the regular expression of the same meaning', async (t) => {
  const letters = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 8 })
  fc.assert(
    fc.property(letters('ab.*?'), letters('ab.'), (glob, text) => {
      const source = glob.replaceAll('.', '\\.').replaceAll('?', '.').replaceAll('*', '.*')
      return matchesGlob(glob, text) === new RegExp(`^${source}$`).test(text)
    }),
  )
  t.pass()
})

t.test('a text is a glob where it holds a star or a question mark', async (t) => {
  for (const glob of ['*', '?', 'a*b', 'a?']) t.ok(isGlob(glob), glob)
  for (const plain of ['', 'quay.example', 'a+b', '[a]']) t.notOk(isGlob(plain), plain)
})
