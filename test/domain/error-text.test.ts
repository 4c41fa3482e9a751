import t from 'tap'
import { beginning, scrub } from '../../src/domain/error-text.ts'

t.test('a scrubbed text keeps what helps and nothing that opens a door', async (t) => {
  const texts = {
    'Post "https://user:pw@logs.example/in/s3cr3tpath?key=abc": dial tcp: timeout':
      'Post "https://logs.example/***": dial tcp: timeout',
    'https://user:pw@logs.example refused': 'https://logs.example refused',
    'header_DD-API-KEY=abcdef&service=x': 'header_DD-API-KEY=***&***',
    'id AKIAIOSFODNN7EXAMPLEKEY0 refused': 'id *** refused',
    'line\nbreak\u0007': 'line break ',
    'unexpected status 503 Service Unavailable': 'unexpected status 503 Service Unavailable',
    '{"password":"fiver","code":4}': '{"password":"***","code":4}',
    "password = 'fiver'": "password = '***'",
    'sig=abc sigma: abc': 'sig=*** sigma: abc',
  }
  for (const [text, shown] of Object.entries(texts)) t.equal(scrub(text), shown)
})

t.test('what follows a scheme word is masked, however short and in whatever form', async (t) => {
  const texts = {
    'denied: Authorization: Splunk 0a1b-2c3d': 'denied: Authorization: ***',
    'sent Splunk fiver to it': 'sent Splunk *** to it',
    'sent Basic dTpw': 'sent Basic ***',
    'sent "Bearer abc"': 'sent "Bearer ***"',
    'sent Splunk%20s3cr3t': 'sent Splunk%20***',
    'sent Bearer token abc': 'sent Bearer token ***',
    'unknown token abc': 'unknown token ***',
    'api-key: abc refused': 'api-key: *** refused',
    'password=expired': 'password=***',
  }
  for (const [text, shown] of Object.entries(texts)) t.equal(scrub(text), shown)
})

t.test('the reason stays readable', async (t) => {
  const texts = [
    'SignatureDoesNotMatch: The request signature we calculated does not match',
    'AuthenticationFailed: Server failed to authenticate the request',
    'ExpiredToken: The provided token has expired.',
    'InvalidAccessKeyId: The key does not exist',
    'RequestTimeTooSkewed',
    'ProvisionedThroughputExceededException',
    'SAS token expired',
    'Invalid token',
    'Basic authentication is required',
    'the Splunk server is unavailable',
    'token: expired',
    'token: Expired.',
    'Bearer Token Required!',
    'bad request: cannot parse',
  ]
  for (const text of texts) t.equal(scrub(text), text)
})

t.test('a long word is readable only if it is made of the words of error codes', async (t) => {
  for (const word of [
    'CorrectHorseBatteryStaple',
    'correcthorsebatterystaple',
    'AccessDeniedxxxxxxxxxxxxx',
    'AccessDeniedCorrectHorse',
    'CorrectHorseAccessDenied',
    'SignatureDoesNotMatch1',
    'Access-Denied-Access-Denied',
  ])
    t.equal(scrub(`said ${word}`), 'said ***')
})

t.test('a text is cut at a word, and a text without one is masked as a whole', async (t) => {
  t.equal(beginning('a bc', 4), 'a bc')
  t.equal(beginning('a bc d', 4), 'a ')
  t.equal(beginning('abcdef', 4), '***')
  t.equal(scrub('no '.repeat(200)).length, 300)
  t.match(scrub('no '.repeat(200)), /…$/)
  const half = `${'no '.repeat(600)}${'x'.repeat(190)} abcdefg`
  t.notMatch(scrub(half), /abc/, 'half of a word may be half of a secret')
})

t.test('signs that turn the direction of writing go', async (t) => {
  t.equal(scrub('refused \u202egnp.exe\u202c by \u2066host\u2069'), 'refused  gnp.exe  by  host ')
})

t.test('of a text two thousand characters are read, and three hundred shown', async (t) => {
  const long = (length: number) => `${'x'.repeat(length - 9)} abcdefgh`
  t.equal(scrub(long(2_000)), '*** abcdefgh')
  t.equal(scrub(long(2_001)), '*** ', 'of a word that was cut nothing is shown')
  const words = 'no '.repeat(100)
  t.equal(scrub(words), words)
  t.equal(scrub(`${words}x`), `${words.slice(0, 299)}…`)
})

t.test('a credential is masked at the very beginning of a text too, and beside others', async (t) => {
  const texts = {
    'Bearer abc': 'Bearer ***',
    'token=abc': 'token=***',
    'token=abc secret=def': 'token=*** secret=***',
    'token=abc; key: def rest': 'token=***; key: *** rest',
    'Bearer abc, Basic def!': 'Bearer ***, Basic ***',
    '?abc': '?***',
  }
  for (const [text, shown] of Object.entries(texts)) t.equal(scrub(text), shown)
})

t.test('of an address the scheme and the host are shown, and that there was more', async (t) => {
  const texts = {
    'see https://a.example': 'see https://a.example',
    'see https://a.example/': 'see https://a.example/***',
    'see https://a.example?b': 'see https://a.example/***',
    'see https://a.example#b': 'see https://a.example/***',
    'see https://u:p@v@a.example/b/c': 'see https://a.example/***',
    'see S3://bucket/key now': 'see S3://bucket/*** now',
  }
  for (const [text, shown] of Object.entries(texts)) t.equal(scrub(text), shown)
})
