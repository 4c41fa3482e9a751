import t from 'tap'
import { readWebConfig } from '../../../src/http/access/web-config.ts'
import { readYaml } from '../../../src/settings/yaml-text.ts'

/** The file as it is read, or what is wrong with it. */
function read(text: string) {
  const yaml = readYaml(text)
  const reading = yaml.ok ? readWebConfig(yaml.root, '/etc') : yaml
  return reading.ok ? reading.value : reading.problems.map(({ message }) => message)
}

t.test('what a file leaves out is off', async (t) => {
  const off = { tls: null, headers: [], users: new Map(), rateLimit: null }
  t.strictSame(read('{}'), off)
  t.strictSame(read('http_server_config: {http2: false}\n'), off)
})

t.test("an interval has one of Go's units", async (t) => {
  for (const [interval, intervalMs] of [
    ['1500000ns', 1.5],
    ['2500us', 2.5],
    ['100ms', 100],
    ['1s', 1_000],
    ['0.5s', 500],
    ['2m', 120_000],
    ['1h', 3_600_000],
  ])
    t.strictSame(read(`rate_limit: {interval: ${interval}, burst: 1}`), {
      tls: null,
      headers: [],
      users: new Map(),
      rateLimit: { intervalMs, burst: 1 },
    })
})

t.test('without an interval there is no limit; one that lets nothing through is refused', async (t) => {
  for (const limit of ['{interval: 0, burst: 0}', '{burst: 5}', '{interval: 0s, burst: 5}', '{}'])
    t.match(read(`rate_limit: ${limit}`), { rateLimit: null }, limit)
  const nothing = ['rate_limit: expected a burst of at least 1; 0 would reject every request']
  t.strictSame(read('rate_limit: {interval: 1s, burst: 0}'), nothing)
  t.strictSame(read('rate_limit: {interval: 1s}'), nothing)
  t.strictSame(read('rate_limit: {interval: 1s, burst: many}'), ['expected a whole number, found "many"'])
})

t.test('an interval that cannot be read is shown', async (t) => {
  for (const interval of ['1', '1d', '-1s', 's', '1s2m'])
    t.strictSame(read(`rate_limit: {interval: ${interval}, burst: 1}`), [
      `interval: expected a duration such as 1s or 100ms, found "${interval}"`,
    ])
})

t.test(
  'a header may have the values that its schema has, in any letters, and any text where it has none',
  async (t) => {
    const headers = (text: string) => read(`http_server_config: {headers: {${text}}}`)
    t.match(headers('X-Frame-Options: SAMEORIGIN, X-Content-Type-Options: nosniff'), {
      headers: [
        ['X-Frame-Options', 'SAMEORIGIN'],
        ['X-Content-Type-Options', 'nosniff'],
      ],
    })
    t.match(headers('X-XSS-Protection: "0", Strict-Transport-Security: "a\\tb~ "'), {
      headers: [
        ['X-XSS-Protection', '0'],
        ['Strict-Transport-Security', 'a\tb~ '],
      ],
    })
    t.strictSame(headers('X-Frame-Options: allow'), [
      'X-Frame-Options: expected deny or sameorigin, found "allow"',
    ])
    t.strictSame(headers('X-XSS-Protection: "ä"'), ['X-XSS-Protection: expected visible ASCII characters'])
  },
)

t.test('a password has a bcrypt cost that is neither too low nor too high', async (t) => {
  const hash = (cost: string, version = 'b', rest = 53) => `$2${version}$${cost}$${'a'.repeat(rest)}`
  const users = (text: string) => read(`basic_auth_users: {sre: "${text}"}`)
  for (const good of [hash('04'), hash('16'), hash('10', ''), hash('10', 'a'), hash('10', 'y')]) {
    const reading = users(good)
    t.equal('users' in reading && reading.users.get('sre')?.reveal(), good)
  }
  for (const bad of [hash('03'), hash('10', 'x'), hash('10', 'b', 52), hash('10', 'b', 54), hash('1'), ''])
    t.strictSame(users(bad), ['"sre": expected a bcrypt hash, as made by htpasswd -nBC 10'], bad)
  t.strictSame(users(hash('17')), ['"sre": expected a bcrypt cost of at most 16, found 17'])
})
