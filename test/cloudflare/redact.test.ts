import t from 'tap'
import { redact } from '../../src/cloudflare/redact.ts'
import { Secret } from '../../src/domain/secret.ts'

const secrets = (...texts: readonly string[]) => texts.map((text) => new Secret(text))

t.test('of secrets that overlap the longest is masked as a whole, whatever their order', async (t) => {
  const both = secrets('canary', 'canary-and-the-rest')
  for (const order of [both, [...both].reverse()])
    t.equal(redact('refused: canary-and-the-rest, canary', order), 'refused: ***, ***')
})

t.test('the values of an address are masked as they stand, decoded and word by word', async (t) => {
  const conf = secrets('https://logs.example/in?header_Authorization=Splunk%20canary-token&channel=x')
  t.equal(redact('bad header: Splunk canary-token', conf), 'bad header: ***')
  t.equal(redact('bad header: Splunk%20canary-token', conf), 'bad header: ***')
  t.equal(redact('unknown token canary-token', conf), 'unknown token ***')
})

t.test('a short secret is masked where it stands alone, and not within other words', async (t) => {
  t.equal(redact('the field  is\nnot known ', secrets('field')), 'the *** is not known')
  t.equal(redact('the fields are not known', secrets('field')), 'the fields are not known')
  t.equal(redact('unfieldsome', secrets('fields')), 'un***ome')
})
