import t from 'tap'
import { Secret, secretLines } from '../../src/domain/secret.ts'

t.test('a file of secrets has one in each line that is not blank, without the space around it', async (t) => {
  const lines = (text: string) => secretLines(new Secret(text)).map((secret) => secret.reveal())
  t.same(lines('new\nold\n'), ['new', 'old'])
  t.same(lines('\n  new  \r\n\r\n\t\nold'), ['new', 'old'])
  t.same(lines('\n \n'), [], 'an empty line is no secret: nobody may come in with an empty one')
})

t.test('a secret is equal to one of the same text, and shows none of it', async (t) => {
  t.ok(new Secret('canary').equals(new Secret('canary')))
  t.notOk(new Secret('canary').equals(new Secret('Canary')))
  for (const shown of [String(new Secret('canary')), JSON.stringify(new Secret('canary'))])
    t.match(shown, /^"?\*\*\*"?$/)
})
