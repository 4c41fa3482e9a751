import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { certificate, serverCertificate } from '../../support/certificates.ts'
import { writeAnew } from '../../support/changing-file.ts'
import { clock, webConfigFor } from '../../support/http-server.ts'
import { logSink } from '../../support/log-sink.ts'

const ca = certificate('authority', null)
const pair = ca.then((own) => serverCertificate(own))

const tls = (...lines: readonly string[]) =>
  [
    'tls_server_config:',
    ...['cert_file: a.crt', 'key_file: a.key', ...lines].map((line) => `  ${line}`),
  ].join('\n')
const headers = 'http_server_config: {headers: {X-Frame-Options: deny}}\n'

/** A web config file beside certificates, and its source; `change` writes it anew and lets a second pass. */
async function world(t: Test, text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'web-config-source-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const { cert, key } = await pair
  writeAnew(join(folder, 'a.crt'), cert)
  writeAnew(join(folder, 'a.key'), key)
  writeAnew(join(folder, 'ca.crt'), (await ca).cert)
  const path = writeAnew(join(folder, 'web.yaml'), text)
  const log = logSink()
  const source = webConfigFor(path, log)
  const change = async (next: string): Promise<void> => {
    writeAnew(path, next)
    await clock.advance(1_000)
    source.current()
  }
  const said = () => log.lines.map(({ level, fields }) => [level, 'err' in fields ? String(fields.err) : ''])
  return { path, source, change, said, log }
}

t.test('TLS goes neither on nor off without a restart', async (t) => {
  const restart = ['error', 'UserError: --web.config.file: turning TLS on or off needs a restart']
  const off = await world(t, headers)
  await off.change(tls())
  t.equal(off.source.tls, null)
  t.strictSame(off.said(), [restart])
  const on = await world(t, tls())
  await on.change(headers)
  t.ok(on.source.tls)
  t.strictSame(on.source.current().headers, [])
  t.strictSame(on.said(), [restart])
})

t.test('clients that must have a certificate must have one until the restart', async (t) => {
  const strict = ['client_ca_file: ca.crt', 'client_auth_type: RequireAndVerifyClientCert']
  const { source, change, said } = await world(t, tls(...strict))
  await change(tls('client_ca_file: ca.crt', 'client_auth_type: VerifyClientCertIfGiven'))
  t.equal(source.current().tls?.clientAuth, 'RequireAndVerifyClientCert')
  t.strictSame(said(), [
    ['error', 'UserError: --web.config.file: accepting clients without a certificate needs a restart'],
  ])
  await change(`${tls(...strict)}\n${headers}`)
  t.strictSame(source.current().headers, [['X-Frame-Options', 'deny']])
})

t.test('clients that need no certificate may be asked for one, or not', async (t) => {
  const { source, change, said } = await world(t, tls('client_auth_type: RequestClientCert'))
  await change(tls())
  t.equal(source.current().tls?.clientAuth, 'NoClientCert')
  t.strictSame(said(), [['info', '']])
})

t.test('users may come, and the first of them is asked from then on', async (t) => {
  const { source, change } = await world(t, headers)
  await change(`basic_auth_users: {sre: "$2b$05$${'a'.repeat(53)}"}\n`)
  t.strictSame([...source.current().users.keys()], ['sre'])
})

t.test(
  'a file is looked at once a second, and certificates in it are files as little as it is',
  async (t) => {
    const { cert, key } = await pair
    const block = (name: string, pem: string) => `  ${name}: |\n${pem.trim().replace(/^/gm, '    ')}\n`
    const { source, said } = await world(t, `tls_server_config:\n${block('cert', cert)}${block('key', key)}`)
    const first = source.tls?.options
    t.equal(first?.cert, `${cert.trim()}\n`)
    for (let look = 0; look < 3; look += 1) {
      await clock.advance(1_000)
      t.equal(source.tls?.options, first)
    }
    t.strictSame(said(), [])
  },
)

t.test('a failure that was told is not told again until the file changes again', async (t) => {
  const { path, source, change, said } = await world(t, headers)
  await change('users: {}\n')
  await clock.advance(1_000)
  source.current()
  t.strictSame(said(), [['error', `UserError: --web.config.file:\n  ${path}:1:1: ${unknownUsers}`]])
  await change(headers)
  await change('users: {}\n')
  t.strictSame(
    said().map(([level]) => level),
    ['error', 'info', 'error'],
  )
})

const unknownUsers = 'unknown key "users"; did you mean "basic_auth_users"?'

t.test('mistakes are told in the order of the file, whichever was found first', async (t) => {
  const { path, source } = await world(t, headers)
  const problems = (text: string): string => {
    writeAnew(path, text)
    let message = ''
    try {
      webConfigFor(path)
    } catch (error) {
      message = error instanceof Error ? error.message : ''
    }
    return message.replaceAll(path, 'web.yaml')
  }
  // That the certificate is missing is found last, and stands at the beginning of its section.
  t.equal(
    problems('tls_server_config: {key_file: a.key, more: 1}\nusers: {}\n'),
    `--web.config.file:
  web.yaml:1:20: missing one of cert_file or cert
  web.yaml:1:38: unknown key "more"
  web.yaml:2:1: ${unknownUsers}`,
  )
  t.equal(
    problems('tls_server_config:\n  key_file: a.key\n  more: 1\n'),
    `--web.config.file:
  web.yaml:2:3: missing one of cert_file or cert
  web.yaml:3:3: unknown key "more"`,
  )
  t.ok(source.current())
})

t.test('the server is made with what the section says', async (t) => {
  const { cert, key } = await pair
  const plain = await world(t, tls())
  t.strictSame(plain.source.tls?.options, {
    cert,
    key,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    honorCipherOrder: true,
  })
  const chosen = await world(
    t,
    tls(
      'client_ca_file: ca.crt',
      'client_auth_type: RequestClientCert',
      'cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_CHACHA20_POLY1305_SHA256]',
      'curve_preferences: [CurveP384, X25519]',
      'prefer_server_cipher_suites: false',
    ),
  )
  t.strictSame(chosen.source.tls?.options, {
    cert,
    key,
    ca: (await ca).cert,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    honorCipherOrder: false,
    ecdhCurve: 'P-384:X25519',
    // The suites of TLS 1.3 are always there, each once.
    ciphers:
      'ECDHE-ECDSA-AES128-GCM-SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256',
  })
})

t.test('a certificate with a key of another one is refused by its section', async (t) => {
  const { path } = await world(t, tls())
  writeAnew(path.replace('web.yaml', 'a.key'), (await serverCertificate(await ca)).key)
  t.throws(() => webConfigFor(path), {
    message: /web\.yaml: tls_server_config: cannot use certificate and key: .*mismatch/,
  })
})
