import t from 'tap'
import { foldText } from '../../src/domain/fold-text.ts'

t.test('a line that fits stays as it is, spaces and all', async (t) => {
  t.same(foldText('  jobs    3 jobs', 16), ['  jobs    3 jobs'])
  t.same(foldText('', 10), [''])
  t.same(foldText('anything', Number.POSITIVE_INFINITY), ['anything'])
})

t.test('a longer one is broken at spaces, further in than it began', async (t) => {
  t.same(foldText('  one two three four', 10), ['  one two', '    three', '    four'])
  t.same(foldText('Token  a token that never expires', 20), ['Token  a token that', '  never expires'])
})

t.test('spaces at the end of a line take no room', async (t) => {
  t.same(foldText('ab cd   ef', 6), ['ab cd', '  ef'])
})

t.test('a word wider than the terminal stays whole', async (t) => {
  t.same(foldText('see https://dash.cloudflare.com/profile', 12), [
    'see',
    '  https://dash.cloudflare.com/profile',
  ])
})

t.test('a line is broken where the next word does not fit, and not before', async (t) => {
  t.same(foldText('ab cd ef', 8), ['ab cd ef'])
  t.same(foldText('ab cd ef', 7), ['ab cd', '  ef'])
  t.same(foldText('ab cd ef gh', 7), ['ab cd', '  ef gh'])
  t.same(foldText('ab cd ef gh', 6), ['ab cd', '  ef', '  gh'])
  t.same(foldText('運用 運用 運用', 9), ['運用 運用', '  運用'], 'by columns, not characters')
})

t.test(
  'a first word that is too long has a line of its own, and so has the indent of spaces alone',
  async (t) => {
    t.same(foldText('https://quay.example here', 12), ['https://quay.example', '  here'])
    t.same(foldText('  https://quay.example here', 12), ['  https://quay.example', '    here'])
    t.same(foldText('ab cd   ', 5), ['ab cd'])
    t.same(foldText('    ', 2), [''])
  },
)
