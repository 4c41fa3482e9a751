import t from 'tap'
import { readErrors } from '../../src/cloudflare/error-items.ts'

t.test('an error is read with all its codes, from wherever they stand', async (t) => {
  t.same(readErrors([{ code: 6003, message: 'no', error_chain: [{ code: 6111 }, null, {}] }]), [
    { codes: [6003, 6111], message: 'no' },
  ])
  t.same(readErrors([{ message: 'no', extensions: { code: 'authz' } }]), [
    { codes: ['authz'], message: 'no' },
  ])
  t.same(readErrors([{ code: null, message: null }]), [{ codes: [], message: '' }])
})

t.test('a single error counts as a list of one', async (t) => {
  t.same(readErrors({ code: 1, message: 'no' }), [{ codes: [1], message: 'no' }])
})

t.test('what is no error is passed over, and its neighbours are read', async (t) => {
  t.same(readErrors(['no', 7, null, { code: {} }, { code: 2, message: 'yes' }]), [
    { codes: [2], message: 'yes' },
  ])
  for (const none of [undefined, null, 'no', []]) t.same(readErrors(none), [])
})

t.test('a code that is a text may be one short word; anything else may carry anything', async (t) => {
  const code = (code: string) => readErrors([{ code }])[0]?.codes[0]
  t.equal(code('a.b-c_1'), 'a.b-c_1')
  t.equal(code('x'.repeat(40)), 'x'.repeat(40))
  for (const odd of ['', 'x'.repeat(41), 'two words', 'a/b', 'ä']) t.equal(code(odd), 'unknown', odd)
})

t.test('twenty errors, twenty codes below one and 2,000 letters are read', async (t) => {
  const many = Array.from({ length: 21 }, (_, index) => ({ code: index, message: '' }))
  t.equal(readErrors(many).length, 20)
  const [one] = readErrors([{ code: 99, message: 'x'.repeat(2_001), error_chain: many }])
  t.same(one?.codes, [99, ...Array.from({ length: 20 }, (_, index) => index)])
  t.equal(one?.message.length, 2_000)
})
