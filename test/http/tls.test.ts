import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type PeerCertificate } from 'node:tls'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { certificate, type Pair, serverCertificate } from '../support/certificates.ts'
import { writeAnew as write } from '../support/changing-file.ts'
import { ask, clock, serverFor, webConfigFor } from '../support/http-server.ts'
import { type logSink as LogSink, logSink } from '../support/log-sink.ts'

interface World {
  readonly folder: string
  readonly ca: Pair
  readonly url: string
  readonly port: number
  readonly log: ReturnType<typeof LogSink>
}

/** A server on loopback with the example of this name (or this text) as its web config file. */
async function tlsWorld(t: Test, example: string): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const ca = await certificate('authority', null)
  const server = await serverCertificate(ca)
  write(join(folder, 'server.crt'), server.cert)
  write(join(folder, 'server.key'), server.key)
  write(join(folder, 'client-ca.crt'), ca.cert)
  const path = join(folder, 'web.yaml')
  const fixture = fileURLToPath(new URL(`fixtures/${example}.yaml`, import.meta.url))
  if (example.includes('\n')) write(path, example)
  else copyFileSync(fixture, path)
  const log = logSink()
  const built = await serverFor(t, { web: webConfigFor(path, log), log })
  const [address] = await built.listen([{ host: '127.0.0.1', port: 0 }])
  const port = address?.port ?? 0
  return { folder, ca, url: `https://127.0.0.1:${port}/metrics`, port, log }
}

/** Whether a request with these options gets an answer: its status, or the failure's code. */
async function outcome(url: string, options: Parameters<typeof ask>[1]): Promise<number | string> {
  return ask(url, options).then(
    ({ status }) => status,
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'failed'),
  )
}

function section(lines: readonly string[]): string {
  return [
    'tls_server_config:',
    '  cert_file: server.crt',
    '  key_file: server.key',
    ...lines.map((line) => `  ${line}`),
    '',
  ].join('\n')
}

t.test('TLS 1.2 and 1.3 are spoken, older versions and plain HTTP are not', async (t) => {
  const { url, ca, port } = await tlsWorld(t, 'tls')
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const answer = await ask(url, { ca: ca.cert, minVersion: version, maxVersion: version })
    t.strictSame([answer.status, answer.protocol], [200, version])
    t.equal(answer.body.toString(), '# text plain\n')
  }
  const gzip = await ask(url, { ca: ca.cert, headers: { 'accept-encoding': 'gzip' } })
  t.equal(gzip.headers['content-encoding'], 'gzip')
  const head = await ask(url, { ca: ca.cert, method: 'HEAD' })
  t.strictSame([head.status, head.headers['content-length']], [200, '13'])
  const old = {
    ca: ca.cert,
    minVersion: 'TLSv1.1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  } as const
  t.type(await outcome(url, old), 'string')
  t.type(await outcome(url.replace('https', 'http'), {}), 'string')
  const suite = (ciphers: string) => outcome(url, { ca: ca.cert, maxVersion: 'TLSv1.2', ciphers })
  t.equal(await suite('ECDHE-ECDSA-AES128-GCM-SHA256'), 200)
  t.type(await suite('ECDHE-ECDSA-AES256-GCM-SHA384'), 'string', 'a suite that is not in the list')
  const alpn = await new Promise((resolve, reject) => {
    const socket = connect(
      { port, host: '127.0.0.1', ca: ca.cert, ALPNProtocols: ['h2', 'http/1.1'] },
      () => {
        resolve(socket.alpnProtocol)
        socket.destroy()
      },
    )
    socket.on('error', reject)
  })
  t.equal(alpn, 'http/1.1')
})

t.test('only clients with a certificate of the authority get in, and only with TLS 1.3', async (t) => {
  const { url, ca } = await tlsWorld(t, 'mutual-tls')
  const known = await certificate('prometheus', ca)
  const stranger = await certificate('stranger', await certificate('other authority', null))
  const answer = await ask(url, { ca: ca.cert, ...known })
  t.strictSame([answer.status, answer.protocol], [200, 'TLSv1.3'])
  t.type(await outcome(url, { ca: ca.cert }), 'string')
  t.type(await outcome(url, { ca: ca.cert, ...stranger }), 'string')
  t.type(await outcome(url, { ca: ca.cert, ...known, maxVersion: 'TLSv1.2' }), 'string')
})

t.test('each kind of client authentication lets in whom it says', async (t) => {
  const cases = {
    RequestClientCert: { none: true, known: true, stranger: true },
    RequireAnyClientCert: { none: false, known: true, stranger: true },
    VerifyClientCertIfGiven: { none: true, known: true, stranger: false },
    RequireAndVerifyClientCert: { none: false, known: true, stranger: false },
  }
  for (const [kind, expected] of Object.entries(cases)) {
    const { url, ca } = await tlsWorld(
      t,
      section([`client_auth_type: ${kind}`, 'client_ca_file: client-ca.crt']),
    )
    const clients = {
      none: {},
      known: await certificate('prometheus', ca),
      stranger: await certificate('stranger', await certificate('other authority', null)),
    }
    for (const [name, admitted] of Object.entries(expected)) {
      const client = name === 'none' || name === 'known' || name === 'stranger' ? clients[name] : {}
      for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
        const result = await outcome(url, { ca: ca.cert, ...client, maxVersion })
        t.equal(result === 200, admitted, `${kind}, ${maxVersion}: certificate ${name} → ${result}`)
      }
    }
  }
})

t.test('a client certificate must hold one of the allowed names', async (t) => {
  const { url, ca } = await tlsWorld(
    t,
    section([
      'client_auth_type: RequireAndVerifyClientCert',
      'client_ca_file: client-ca.crt',
      'client_allowed_sans: [prometheus.example.com, 10.1.2.3, "fd00::1", "spiffe://example.com/a,b", sre@example.com]',
    ]),
  )
  const with_ = async (altNames: Parameters<typeof certificate>[2]) =>
    outcome(url, { ca: ca.cert, ...(await certificate('prometheus.example.com', ca, altNames)) })
  t.equal(
    await with_([
      { type: 2, value: 'other.example.com' },
      { type: 2, value: 'prometheus.example.com' },
    ]),
    200,
  )
  t.equal(await with_([{ type: 7, ip: '10.1.2.3' }]), 200)
  t.equal(await with_([{ type: 6, value: 'spiffe://example.com/a,b' }]), 200)
  t.equal(await with_([{ type: 7, ip: 'fd00::1' }]), 200)
  t.equal(await with_([{ type: 1, value: 'sre@example.com' }]), 200)
  const strangers = [
    { type: 2, value: 'notprometheus.example.com' },
    { type: 6, value: 'x:prometheus.example.com' },
    { type: 6, value: 'x, DNS:prometheus.example.com' },
    { type: 6, value: 'x", DNS:prometheus.example.com, URI:"' },
  ] as const
  for (const name of strangers) t.type(await with_([name]), 'string', name.value)
  t.type(await with_([]), 'string', 'the common name is no allowed name')
})

t.test('new certificates are used by the next connection without a restart', async (t) => {
  const { folder, url, port, ca, log } = await tlsWorld(t, 'tls')
  const peer = () =>
    new Promise<PeerCertificate>((resolve, reject) => {
      // Without a server name, as scrapers that connect to an address send none.
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate())
        socket.destroy()
      })
      socket.on('error', reject)
    })
  const before = (await peer()).fingerprint256
  const renewed = await serverCertificate(ca, 'renewed')

  write(join(folder, 'server.crt'), renewed.cert)
  await clock.advance(1_000)
  t.equal((await peer()).fingerprint256, before, 'a certificate whose key is not there yet is not used')
  write(join(folder, 'server.key'), renewed.key)
  await clock.advance(1_000)
  const after = (await peer()).fingerprint256
  t.not(after, before)
  t.equal((await ask(url, { ca: ca.cert })).status, 200)
  rmSync(join(folder, 'server.key'))
  await clock.advance(1_000)
  t.equal((await peer()).fingerprint256, after, 'and stays when a file goes away')
  t.strictSame(
    log.lines.filter(({ level }) => level !== 'debug').map(({ level, message }) => `${level} ${message}`),
    [
      'error web config file or certificates changed but cannot be used; keeping the previous ones',
      'info web config file or certificates reloaded',
      'info TLS certificates replaced',
      'error web config file or certificates changed but cannot be used; keeping the previous ones',
    ],
  )
  t.notMatch(JSON.stringify(log.lines), /PRIVATE KEY/)
})

t.test('certificates can stand in the file itself', async (t) => {
  const ca = await certificate('authority', null)
  const { cert, key } = await serverCertificate(ca)
  const block = (name: string, pem: string) =>
    `  ${name}: |\n${pem
      .trim()
      .split(/\r?\n/)
      .map((line) => `    ${line}`)
      .join('\n')}\n`
  const { url } = await tlsWorld(t, `tls_server_config:\n${block('cert', cert)}${block('key', key)}`)
  t.equal((await ask(url, { ca: ca.cert })).status, 200)
})

t.test('all of it together: TLS, headers, basic authentication', async (t) => {
  const { url, ca } = await tlsWorld(t, 'everything')
  const unknown = await ask(url, { ca: ca.cert })
  t.equal(unknown.status, 401)
  t.equal(unknown.headers['strict-transport-security'], 'max-age=31536000; includeSubDomains')
  const known = await ask(url, { ca: ca.cert, auth: 'prometheus:scrape-me' })
  t.equal(known.status, 200)
  t.equal(known.headers['x-frame-options'], 'deny')
  t.ok(
    readFileSync(fileURLToPath(new URL('fixtures/everything.yaml', import.meta.url)), 'utf8').includes(
      'http2: false',
    ),
  )
})

t.test('certificates are read again only when one of them changed', async (t) => {
  const { folder, log } = await tlsWorld(t, 'tls')
  const source = webConfigFor(join(folder, 'web.yaml'), log)
  const options = source.tls?.options
  t.ok(options)
  for (let look = 0; look < 3; look += 1) {
    await clock.advance(2_000)
    t.equal(source.tls?.options, options)
  }
  t.same(
    log.lines.filter(({ level }) => level !== 'debug'),
    [],
  )
})
