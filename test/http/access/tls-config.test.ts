import t from 'tap'
import type { Problems } from '../../../src/domain/file-reader.ts'
import { readTlsConfig, type TlsConfig } from '../../../src/http/access/tls-config.ts'
import { readYaml } from '../../../src/settings/yaml-text.ts'

/** The section as it is read, or what is wrong with it. */
function read(text: string): TlsConfig | null | readonly string[] {
  const yaml = readYaml(text)
  if (!yaml.ok) throw new Error('the text of the test is no YAML')
  const problems: Problems = []
  const config = readTlsConfig(yaml.root, '/etc/exporter', problems)
  return problems.length > 0 ? problems.map(({ message }) => message) : config
}

const certificate = 'cert_file: a.crt\nkey_file: keys/a.key\n'
const plain: TlsConfig = {
  cert: { kind: 'file', path: '/etc/exporter/a.crt' },
  key: { kind: 'file', path: '/etc/exporter/keys/a.key' },
  clientCa: null,
  clientAuth: 'NoClientCert',
  allowedSans: null,
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: null,
  curves: null,
  preferServerCiphers: true,
}

t.test('a certificate and its key are enough; all else is as in Go', async (t) => {
  t.strictSame(read(certificate), plain)
  t.strictSame(read(`${certificate}client_auth_type: ""\nclient_ca_file: ""\ncipher_suites: []\n`), plain)
})

t.test('what is chosen is what is meant', async (t) => {
  t.strictSame(
    read(`${certificate}client_ca_file: /ca.crt
client_auth_type: RequireAndVerifyClientCert
client_allowed_sans: [a.example, b.example]
min_version: TLS13
max_version: TLS13
cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384]
curve_preferences: [CurveP384, CurveP521, X25519, CurveP256]
prefer_server_cipher_suites: false
`),
    {
      ...plain,
      clientCa: { kind: 'file', path: '/ca.crt' },
      clientAuth: 'RequireAndVerifyClientCert',
      allowedSans: ['a.example', 'b.example'],
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      ciphers: ['ECDHE-RSA-AES128-GCM-SHA256', 'TLS_AES_256_GCM_SHA384'],
      curves: ['P-384', 'P-521', 'X25519', 'P-256'],
      preferServerCiphers: false,
    },
  )
})

t.test("each kind of client authentication has Go's names", async (t) => {
  for (const [name, kind] of [
    ['NoClientCert', 'NoClientCert'],
    ['RequestClientCert', 'RequestClientCert'],
    ['RequireAnyClientCert', 'RequireAnyClientCert'],
    ['RequireClientCert', 'RequireAnyClientCert'],
    ['VerifyClientCertIfGiven', 'VerifyClientCertIfGiven'],
    ['RequireAndVerifyClientCert', 'RequireAndVerifyClientCert'],
  ] as const)
    t.match(read(`${certificate}client_auth_type: ${name}\n`), { clientAuth: kind }, name)
})

t.test("each suite has OpenSSL's name", async (t) => {
  for (const [name, suite] of [
    ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
    ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
    ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
    ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA', 'ECDHE-ECDSA-AES128-SHA'],
    ['TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA', 'ECDHE-ECDSA-AES256-SHA'],
    ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
    ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'],
    ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'ECDHE-RSA-AES128-SHA'],
    ['TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA', 'ECDHE-RSA-AES256-SHA'],
    ['TLS_AES_128_GCM_SHA256', 'TLS_AES_128_GCM_SHA256'],
    ['TLS_CHACHA20_POLY1305_SHA256', 'TLS_CHACHA20_POLY1305_SHA256'],
  ] as const)
    t.match(read(`${certificate}cipher_suites: [${name}]\n`), { ciphers: [suite] }, name)
})

t.test('a section with neither certificates nor client authentication leaves TLS off', async (t) => {
  for (const text of ['{}', 'min_version: TLS13', 'cert_file: ""\nkey_file: ""', 'cipher_suites: []'])
    t.equal(read(text), null, text)
})

t.test('whoever asks clients for certificates must have one, and its key', async (t) => {
  const both = ['missing one of cert_file or cert', 'missing one of key_file or key']
  t.strictSame(read('client_auth_type: RequestClientCert'), both)
  t.strictSame(read('client_auth_type: NoClientCert'), both)
  t.strictSame(read('key_file: a.key'), both.slice(0, 1))
  t.strictSame(read('cert_file: a.crt'), both.slice(1))
})

t.test('names are asked for only of clients that must have a certificate', async (t) => {
  const names = `${certificate}client_allowed_sans: [a.example]\n`
  for (const kind of ['RequireAnyClientCert', 'RequireClientCert', 'RequireAndVerifyClientCert'])
    t.match(read(`${names}client_auth_type: ${kind}\n`), { allowedSans: ['a.example'] }, kind)
  const refused = [
    'client_allowed_sans needs client_auth_type to be RequireAnyClientCert or RequireAndVerifyClientCert',
  ]
  t.strictSame(read(names), refused)
  for (const kind of ['NoClientCert', 'RequestClientCert', 'VerifyClientCertIfGiven'])
    t.strictSame(read(`${names}client_auth_type: ${kind}\n`), refused, kind)
})

t.test('an authority has no effect where no client is asked', async (t) => {
  const ca = `${certificate}client_ca_file: ca.crt\n`
  for (const text of [ca, `${ca}client_auth_type: NoClientCert\n`, `${ca}client_auth_type: ""\n`])
    t.match(read(text), [/^client_ca_file has no effect without client_auth_type/])
  t.match(read(`${ca}client_auth_type: RequestClientCert\n`), { clientCa: { path: '/etc/exporter/ca.crt' } })
})

t.test('the versions may be the same, and not the wrong way round', async (t) => {
  for (const version of ['TLS12', 'TLS13'])
    t.match(read(`${certificate}min_version: ${version}\nmax_version: ${version}\n`), {}, version)
  t.strictSame(read(`${certificate}min_version: TLS13\nmax_version: TLS12\n`), [
    'min_version is above max_version',
  ])
})
