import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { readWebConfig } from '../../src/http/access/web-config.ts'
import { readYaml } from '../../src/settings/yaml-text.ts'
import { caseFiles, rewriteLastSection, updating } from '../support/case-file.ts'
import { certificate, serverCertificate } from '../support/certificates.ts'
import { writeAnew as write } from '../support/changing-file.ts'
import { clock, serverFor, webConfigFor } from '../support/http-server.ts'
import { logSink } from '../support/log-sink.ts'
import { missingPrograms, runProgram } from '../support/programs.ts'

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url))

function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'web-config-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

function basic(user: string, password: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
}

for (const one of caseFiles(fileURLToPath(new URL('wrong', import.meta.url)))) {
  t.test(`refused: ${one.title}`, async (t) => {
    const yaml = readYaml(one.section('web.yaml'))
    const reading = yaml.ok ? readWebConfig(yaml.root, '/etc/exporter') : yaml
    const problems = reading.ok
      ? '(none)\n'
      : reading.problems.map(({ at, message }) => `web.yaml:${at.line}:${at.column}: ${message}\n`).join('')
    if (updating) rewriteLastSection(one.path, 'problems', problems)
    else t.equal(problems, one.section('problems').replace(/\n\n$/, '\n'))
    t.notMatch(problems, /canary/, 'no secret is repeated')
  })
}

t.test('the examples are accepted, here and by promtool', async (t) => {
  const folder = folderFor(t)
  const ca = await certificate('authority', null)
  const server = await serverCertificate(ca)
  write(join(folder, 'server.crt'), server.cert)
  write(join(folder, 'server.key'), server.key)
  write(join(folder, 'client-ca.crt'), ca.cert)
  const names = readdirSync(fixtures)
  t.ok(names.length >= 4)
  for (const name of names) {
    copyFileSync(join(fixtures, name), join(folder, name))
    t.doesNotThrow(() => webConfigFor(join(folder, name)), name)
  }
  t.test('promtool', { skip: missingPrograms('promtool') }, async (t) => {
    for (const name of names) {
      const { status, output } = await runProgram('promtool', ['check', 'web-config', join(folder, name)])
      t.equal(status, 0, `${name}: ${output}`)
    }
  })
})

t.test('basic authentication protects every path, known or not', async (t) => {
  const log = logSink()
  const { app } = await serverFor(t, { web: webConfigFor(join(fixtures, 'basic-auth.yaml'), log), log })
  for (const url of ['/', '/metrics', '/-/healthy', '/-/ready', '/nothing']) {
    const answer = await app.inject(url)
    t.equal(answer.statusCode, 401, url)
    t.equal(answer.headers['www-authenticate'], 'Basic realm="logpush-exporter", charset="UTF-8"')
    t.equal(answer.body, 'Unauthorized.\n')
  }
  t.equal((await app.inject({ method: 'POST', url: '/-/reload' })).statusCode, 401)
  const good = basic('prometheus', 'scrape-me')
  t.equal((await app.inject({ url: '/metrics', headers: good })).statusCode, 200)
  t.equal((await app.inject({ url: '/nothing', headers: good })).statusCode, 404)
  t.equal((await app.inject({ url: '/metrics', headers: basic('sre', 'look-at-me') })).statusCode, 200)
  const wrong = [
    basic('prometheus', 'look-at-me'),
    basic('prometheus', ''),
    basic('nobody', 'scrape-me'),
    basic('', ''),
    { authorization: 'Bearer abc' },
    { authorization: 'Basic !' },
    { authorization: `Basic ${Buffer.from('prometheus').toString('base64')}` },
  ]
  for (const headers of wrong) {
    t.equal((await app.inject({ url: '/metrics', headers })).statusCode, 401, headers.authorization)
  }
  t.equal(
    (await app.inject({ url: '/metrics', headers: good })).statusCode,
    200,
    'and the right one still works',
  )
  t.notMatch(JSON.stringify(log.lines), /scrape-me|look-at-me|\$2b\$/)
})

t.test('a route with a secret of its own is left to itself', async (t) => {
  const { app } = await serverFor(t, {
    web: webConfigFor(join(fixtures, 'basic-auth.yaml')),
    routes: [
      (app) => {
        app.post('/webhooks/cloudflare', { config: { ownAuthentication: true } }, (_, reply) => {
          reply.code(204).send()
        })
      },
    ],
  })
  t.equal((await app.inject({ method: 'POST', url: '/webhooks/cloudflare' })).statusCode, 204)
  t.equal((await app.inject('/webhooks/cloudflare')).statusCode, 401)
})

t.test('many sign-ins at once are turned away, and known ones are not held up', async (t) => {
  const { app } = await serverFor(t, { web: webConfigFor(join(fixtures, 'basic-auth.yaml')) })
  const good = { url: '/metrics', headers: basic('prometheus', 'scrape-me') }
  t.equal((await app.inject(good)).statusCode, 200)
  const guesses = Array.from({ length: 60 }, (_, i) =>
    app.inject({ url: '/metrics', headers: basic('sre', `guess ${i}`) }),
  )
  const known = await app.inject(good)
  const statuses = (await Promise.all(guesses)).map(({ statusCode }) => statusCode)
  t.equal(known.statusCode, 200)
  t.strictSame(new Set(statuses), new Set([401, 503]))
  t.ok(statuses.filter((status) => status === 503).length >= 20)
})

t.test('the headers of the file go with every answer and win over our own', async (t) => {
  const path = write(
    join(folderFor(t), 'web.yaml'),
    'http_server_config:\n  headers:\n    Content-Security-Policy: "default-src https:"\n    Strict-Transport-Security: max-age=60\n    X-XSS-Protection: ""\n',
  )
  const { app } = await serverFor(t, { web: webConfigFor(path) })
  for (const url of ['/', '/metrics', '/nothing']) {
    const { headers } = await app.inject(url)
    t.equal(headers['content-security-policy'], 'default-src https:', url)
    t.equal(headers['strict-transport-security'], 'max-age=60')
    t.notOk('x-xss-protection' in headers)
  }
})

t.test('the rate limit lets a burst through and then one request an interval', async (t) => {
  const path = write(join(folderFor(t), 'web.yaml'), 'rate_limit:\n  interval: 500ms\n  burst: 3\n')
  const { app } = await serverFor(t, { web: webConfigFor(path) })
  const statuses = async (count: number) => {
    const seen: number[] = []
    for (let i = 0; i < count; i++) seen.push((await app.inject('/metrics')).statusCode)
    return seen
  }
  t.strictSame(await statuses(4), [200, 200, 200, 429])
  await clock.advance(500)
  t.strictSame(await statuses(2), [200, 429])
  await clock.advance(60_000)
  t.strictSame(await statuses(4), [200, 200, 200, 429])
})

t.test('a changed file counts without a restart; a bad one changes nothing and is told once', async (t) => {
  const path = join(folderFor(t), 'web.yaml')
  const users = readFileSync(join(fixtures, 'basic-auth.yaml'), 'utf8')
  write(path, users)
  const log = logSink()
  const { app } = await serverFor(t, { web: webConfigFor(path, log) })
  const status = async (user: string, password: string) =>
    (await app.inject({ url: '/metrics', headers: basic(user, password) })).statusCode
  t.equal(await status('sre', 'look-at-me'), 200)
  write(path, users.replace(/^ {2}sre:.*$/m, ''))
  t.equal(await status('sre', 'look-at-me'), 200, 'a look counts for a second')
  await clock.advance(1_000)
  t.equal(await status('sre', 'look-at-me'), 401)
  t.equal(await status('prometheus', 'scrape-me'), 200)

  write(path, `${users}http_server_config: {http2: true}\n`)
  for (let look = 0; look < 3; look++) {
    await clock.advance(1_000)
    t.equal(await status('prometheus', 'scrape-me'), 200)
  }
  write(path, 'tls_server_config: {cert_file: a, key_file: b}\n')
  await clock.advance(1_000)
  t.equal(await status('prometheus', 'scrape-me'), 200, 'protection is not dropped by a mistake')
  write(path, users)
  await clock.advance(1_000)
  t.equal(await status('sre', 'look-at-me'), 200)
  t.strictSame(
    log.lines.map(({ level, message }) => `${level} ${message}`),
    [
      'info web config file or certificates reloaded',
      'error web config file or certificates changed but cannot be used; keeping the previous ones',
      'error web config file or certificates changed but cannot be used; keeping the previous ones',
      'info web config file or certificates reloaded',
    ],
  )
})

t.test('a file that is emptied, or that loses its users, opens nothing', async (t) => {
  const path = join(folderFor(t), 'web.yaml')
  write(path, readFileSync(join(fixtures, 'basic-auth.yaml'), 'utf8'))
  const log = logSink()
  const { app } = await serverFor(t, { web: webConfigFor(path, log) })
  for (const text of ['', '\n', '{}\n', 'basic_auth_users: {}\n', 'rate_limit: {interval: 1s, burst: 9}\n']) {
    write(path, text)
    await clock.advance(1_000)
    t.equal((await app.inject('/metrics')).statusCode, 401, JSON.stringify(text))
  }
  t.equal(log.lines.filter(({ level }) => level === 'error').length, 5)
  t.match(log.lines.at(-1)?.fields, { err: { message: /removing all users needs a restart/ } })
})

t.test('the last user cannot be removed without a restart, another one can', async (t) => {
  const path = join(folderFor(t), 'web.yaml')
  const both = readFileSync(join(fixtures, 'basic-auth.yaml'), 'utf8')
  write(path, both)
  const log = logSink()
  const { app } = await serverFor(t, { web: webConfigFor(path, log) })
  for (const text of [both.replace(/^ *sre:.*$/m, ''), 'rate_limit: {interval: 1s, burst: 9}']) {
    write(path, text)
    await clock.advance(1_000)
    t.equal((await app.inject('/metrics')).statusCode, 401)
  }
  t.same(
    log.lines.map(({ level }) => level),
    ['info', 'error'],
  )
})

t.test('an empty file is an error at start', async (t) => {
  const path = write(join(folderFor(t), 'web.yaml'), ' \n')
  t.throws(
    () => webConfigFor(path),
    /web.yaml is empty. To serve without TLS and users, leave the setting out/,
  )
})

t.test('at start every mistake is an error that names its line, or the file that is missing', async (t) => {
  const folder = folderFor(t)
  const path = write(join(folder, 'web.yaml'), 'http_server_config:\n  http2: true\nusers: {}\n')
  t.throws(() => webConfigFor(path), {
    message: [
      '--web.config.file:',
      `  ${path}:2:10: http2: HTTP/2 is not supported; remove it or set it to false`,
      `  ${path}:3:1: unknown key "users"; did you mean "basic_auth_users"?`,
    ].join('\n'),
  })
  const missing = join(folder, 'missing.yaml')
  t.throws(() => webConfigFor(missing), {
    message: `--web.config.file: cannot read ${missing}: no such file`,
  })
  write(path, 'tls_server_config: {cert_file: a.crt, key_file: a.key}\n')
  t.throws(() => webConfigFor(path), {
    message: `--web.config.file: cannot read ${join(folder, 'a.crt')}: no such file`,
  })
  const one = await certificate('one', null)
  const two = await certificate('two', null)
  write(join(folder, 'a.crt'), one.cert)
  write(join(folder, 'a.key'), two.key)
  t.throws(() => webConfigFor(path), /cannot use certificate and key: .*key values mismatch/)
})
