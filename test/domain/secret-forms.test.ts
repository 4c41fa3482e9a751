import t from 'tap'
import { maskSecrets } from '../../src/domain/secret-forms.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

t.test('a secret is masked in every form a text may quote it in', async (t) => {
  for (const secret of ['ab;de', 's3cr3tTok9', 'fiver', 'a1', 'päss wörd', 'x+y/z=='])
    for (const form of [
      secret,
      encodeURIComponent(secret),
      encodeURIComponent(encodeURIComponent(secret)),
      encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase()),
      base64(secret),
      base64(secret).replace(/=+$/, ''),
      Buffer.from(secret).toString('base64url'),
      secret.toUpperCase(),
    ])
      t.equal(maskSecrets(`refused: ${form}, why`, [encodeURIComponent(secret)]), 'refused: ***, why', form)
})

t.test('behind a scheme word it is masked by itself, and what it says in base64 too', async (t) => {
  const mask = (text: string, conf: string) => maskSecrets(text, [conf])
  t.equal(mask('Invalid s3cr3tTok9 for index', 'Splunk%20s3cr3tTok9'), 'Invalid *** for index')
  t.equal(mask('Invalid tok9', 'Bearer%20tok9'), 'Invalid ***')
  t.equal(mask('Invalid tok9', 'Splunk+tok9'), 'Invalid ***')
  const basic = `Basic%20${base64('user:pass').replace(/=+$/, '')}`
  t.equal(mask('no pass, no user:pass, no dXNlcjpwYXNz', basic), 'no ***, no ***, no ***')
  t.equal(mask('Splunk and Basic stay', 'Splunk%20tok9'), 'Splunk and Basic stay')
})

t.test('a short secret is masked as a word of its own, and the longest form first', async (t) => {
  t.equal(maskSecrets('tok token tok/x _tok', ['tok']), '*** token ***/x _***')
  t.equal(maskSecrets('canary-and-the-rest', ['canary', 'canary-and-the-rest']), '***')
  t.equal(maskSecrets('nothing to hide', ['', 'a', 'true']), 'nothing to hide')
  t.equal(maskSecrets('a $& b', ['$&']), 'a *** b')
  t.equal(maskSecrets('half \ud800', ['half\ud800']), 'half \ud800')
  t.equal(maskSecrets('%E0%A4%A', ['%E0%A4%A']), '***')
})

t.test('parts of a secret are masked by themselves, unless they are short words', async (t) => {
  const address = 'host/seven77?fiver=four&key=x:fives'
  for (const part of ['seven77', 'fiver', 'fives'])
    t.equal(maskSecrets(`no ${part} here`, [address]), 'no *** here', part)
  for (const part of ['four', 'host', 'key'])
    t.equal(maskSecrets(`no ${part} here`, [address]), `no ${part} here`)
  t.equal(maskSecrets('no ab here', ['user:ab']), 'no *** here', 'a password, however short')
})

t.test('what a word says in base64 is looked for from four characters on', async (t) => {
  t.equal(maskSecrets('no abc here', ['YWJj']), 'no *** here')
  t.equal(maskSecrets('no ab here', ['YWI']), 'no ab here')
  t.equal(maskSecrets('no YWJjZ here', ['YWJjZ']), 'no *** here', 'of a length that base64 never has')
})

t.test('a form of six characters is masked inside a word too, one of five only by itself', async (t) => {
  t.equal(maskSecrets('xfiverx fiver', ['fiver']), 'xfiverx ***')
  t.equal(maskSecrets('xsixesxx', ['sixesx']), 'x***x')
  t.equal(maskSecrets('(fiver) fiver9 9fiver', ['fiver']), '(***) fiver9 9fiver')
})

t.test('of a text eight thousand characters are searched and given back', async (t) => {
  const text = (length: number) => `${'no '.repeat(3_000).slice(0, length - 7)} canary`
  t.equal(maskSecrets(text(8_000), ['canary']).slice(-4), ' ***')
  t.equal(maskSecrets(text(8_000), []), text(8_000))
  t.notMatch(maskSecrets(text(8_001), ['canary']), /can|\*/, 'what is cut is not given back')
  t.equal(maskSecrets(text(8_001), []).length, 7_995)
})

t.test('words that are no part of a secret stay readable', async (t) => {
  for (const word of ['true', 'no', 'Basic', 'bearer', 'apikey', 'digest', 'x'])
    t.equal(maskSecrets(`say ${word} here`, [word]), `say ${word} here`)
  t.equal(maskSecrets('', ['canary']), '')
})

t.test('a secret in base64 of the URL alphabet is decoded as well', async (t) => {
  const text = 'key>>>??'
  const url = Buffer.from(text).toString('base64url')
  t.match(url, /[-_]/)
  t.equal(maskSecrets(`no ${text} here`, [url]), 'no *** here')
  t.equal(maskSecrets('no a\nb here', [base64('a\nb')]), 'no a\nb here', 'where it says a text')
  t.equal(maskSecrets('no >>>??? here', ['Pj4-Pz8_']), 'no *** here')
  t.equal(maskSecrets('no Pj4-Pz8_ here', ['>>>???']), 'no *** here')
  t.equal(maskSecrets('no abcd here', ['YWJjZA']), 'no *** here', 'of any length that base64 has')
})
