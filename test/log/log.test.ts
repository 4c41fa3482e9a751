import t from 'tap'
import { Secret } from '../../src/domain/secret.ts'
import { ApiFailure, InternalError, UserError } from '../../src/errors.ts'
import { createLog, type LogOptions } from '../../src/log/log.ts'

/** A log at debug level whose output is kept. */
async function logTo(options: Partial<LogOptions> = {}) {
  let output = ''
  const log = await createLog({
    level: 'debug',
    format: 'json',
    terminal: false,
    clock: { now: () => Date.UTC(2026, 10, 24, 12, 30, 0, 5) },
    destination: {
      write: (line: string) => {
        output += line
      },
    },
    ...options,
  })
  return { log, output: () => output, lines: () => output.split('\n').filter((line) => line !== '') }
}

t.test('json lines hold time, level, message and fields, and nothing of the machine', async (t) => {
  const { log, lines } = await logTo()
  log.info({ scope: 'zone example.com', jobs: 3 }, 'inventory read')
  t.strictSame(
    lines().map((line) => JSON.parse(line)),
    [
      {
        ts: '2026-11-24T12:30:00.005Z',
        level: 'info',
        msg: 'inventory read',
        scope: 'zone example.com',
        jobs: 3,
      },
    ],
  )
})

t.test('logfmt lines quote what needs it and flatten what is nested', async (t) => {
  const { log, lines } = await logTo({ format: 'logfmt' })
  log.warn(
    { zone: 'example.com', budget: { left: 3, 'of all': 300 }, text: 'a "b"\nc', none: null, list: [1, 2] },
    'slow down',
  )
  t.strictSame(lines(), [
    'ts=2026-11-24T12:30:00.005Z level=warn msg="slow down" zone=example.com budget.left=3 budget.of_all=300 text="a \\"b\\"\\nc" none=null list=[1,2]',
  ])
})

t.test('the form is pretty on a terminal and json elsewhere, unless it is chosen', async (t) => {
  const terminal = await logTo({ format: null, terminal: true })
  terminal.log.info({ jobs: 3 }, 'inventory read')
  t.equal(
    terminal.output(),
    '[12:30:00Z] \u001b[32mINFO\u001b[39m: \u001b[36minventory read\u001b[39m \u001b[2mjobs=3\u001b[22m\n',
  )
  const chosen = await logTo({ format: 'pretty' })
  chosen.log.info({ jobs: 3 }, 'inventory read')
  t.equal(chosen.output(), '[2026-11-24T12:30:00.005Z] INFO: inventory read jobs=3\n')
  const file = await logTo({ format: null })
  file.log.info({}, 'x')
  t.match(file.output(), /^\{"level"/)
})

t.test('pretty lines show every field under its own name, on the line of its event', async (t) => {
  const { log, output } = await logTo({ format: 'pretty' })
  log.error(
    { name: 'sre-logs', error: 'a\nb', pid: 7, hostname: 'h', nested: { deep: true } },
    'upload failed',
  )
  t.equal(
    output(),
    '[2026-11-24T12:30:00.005Z] ERROR: upload failed name=sre-logs error="a\\nb" pid=7 hostname=h nested.deep=true\n',
  )
})

t.test('the level holds back lower lines and can be changed while running', async (t) => {
  const { log, lines } = await logTo({ level: 'warn' })
  log.info({}, 'one')
  log.warn({}, 'two')
  log.setLevel('debug')
  log.debug({}, 'three')
  t.strictSame(
    lines().map((line) => JSON.parse(line).msg),
    ['two', 'three'],
  )
})

t.test('our failures are told apart, others lose what they may carry', async (t) => {
  const { log, lines } = await logTo()
  const refused = new ApiFailure('rate_limited', 'cannot list jobs: too many requests', {
    operation: 'list_jobs',
    status: 429,
    codes: [10000],
    retryAfterMs: 5_000,
    cause: Object.assign(new TypeError('GET https://user:canary@x?token=canary'), { code: 'ECONNRESET' }),
  })
  log.warn({ err: refused }, 'poll failed')
  log.warn({ err: new UserError('the file is missing') }, 'reload failed')
  log.error({ err: new InternalError('window starts before the watermark') }, 'bug')
  log.error({ nested: { error: new Error('sent authorization: Bearer canary-0123456789') } }, 'bug')
  const entries = lines().map((line) => JSON.parse(line))
  t.strictSame(entries[0].err, {
    type: 'ApiFailure',
    kind: 'rate_limited',
    operation: 'list_jobs',
    status: 429,
    codes: [10000],
    retryAfterMs: 5_000,
    message: 'cannot list jobs: too many requests',
    cause: 'TypeError ECONNRESET',
  })
  t.strictSame(entries[1].err, { type: 'UserError', message: 'the file is missing' })
  t.match(entries[2].err, {
    type: 'InternalError',
    message: 'window starts before the watermark',
    stack: /log\.test\.[jt]s/,
  })
  t.equal(entries[3].nested.error.type, 'Error')
  t.notMatch(lines().join(), /canary/)
})

t.test('no secret gets into the log, wherever it is put', async (t) => {
  for (const format of ['json', 'logfmt', 'pretty'] as const) {
    const inUse = new Secret('canary"in\\use')
    const { log, output } = await logTo({ format, secrets: () => [inUse] })
    const canary = 'canary-4f1e2d3c4b5a69788796'
    class Client {
      readonly apiToken = canary
    }
    const fields = {
      wrapped: new Secret(canary),
      token: canary,
      apiToken: canary,
      CLOUDFLARE_API_TOKEN: canary,
      destination_conf: `s3://bucket?access-key-id=${canary}`,
      destinationConf: canary,
      headers: { Authorization: `Bearer ${canary}`, 'cf-webhook-auth': canary, cookie: [canary] },
      deep: { list: [{ more: { secret: canary, ownership_challenge: canary } }] },
      url: `https://user:${canary}@example.com/path?x=1&header_Authorization=${canary}&sig=${canary}`,
      text: `sent with Bearer ${canary} and ${inUse.reveal()}`,
      client: new Client(),
      bytes: Buffer.from(canary),
      err: new Error(`refused: token ${canary}`),
    }
    log.debug(fields, `a message with Bearer ${canary}`)
    log.error(new Error(`password=${canary}`), inUse.reveal())
    const circle: Record<string, unknown> = { token: canary }
    circle.self = circle
    log.info({ circle }, 'round and round')
    t.notMatch(output(), /canary/, format)
    t.match(output(), /\*\*\*/, format)
  }
})

t.test('what only sounds like a secret stays readable', async (t) => {
  const { log, lines } = await logTo()
  log.info(
    { tokenActive: true, token: null, tokenExpiresOn: 5, apiTokenFile: '/run/token', scopeKey: 'zone:1' },
    'token',
  )
  t.match(JSON.parse(lines()[0] ?? ''), {
    tokenActive: true,
    token: null,
    tokenExpiresOn: 5,
    apiTokenFile: '/run/token',
    scopeKey: 'zone:1',
    msg: 'token',
  })
})

t.test('no message holds up the process, and parameters named like secrets are masked in each', async (t) => {
  const { log, lines } = await logTo()
  log.info({}, 'GET /x?page=2&api_key=canary&sig=canary&name=x')
  t.match(lines()[0], /\?page=2&api_key=\*\*\*&sig=\*\*\*&name=x/)
  for (const seed of ['?key', '&', 'bearer ', '://', 'token']) {
    const long = `?${seed.repeat(2 ** 20 / seed.length)}`
    const began = process.cpuUsage()
    log.info({}, long)
    const { user } = process.cpuUsage(began)
    // What grows with the square of the length takes minutes.
    t.ok(user / 1000 < 5_000, `${seed}: ${user / 1000} ms`)
  }
})

t.test('a secret in use is masked from six letters on: shorter ones are ordinary words', async (t) => {
  const secrets = () => ['canary', 'horse', 'two\nlines'].map((text) => new Secret(text))
  const { log, lines } = await logTo({ secrets })
  log.info({ text: 'a canary, a horse, two\nlines' }, 'birds')
  t.equal(JSON.parse(lines()[0] ?? '').text, 'a ***, a horse, ***')
})

t.test('logfmt quotes only what could be read as more than a value', async (t) => {
  const { log, lines } = await logTo({ format: 'logfmt' })
  log.info({ a: '', b: 'x=y', c: 'back\\slash', d: 'tab\t', e: 'ü-1:2/3', f: undefined, g: {} }, 'one')
  log.info({}, 'two')
  t.strictSame(
    lines().map((line) => line.replace(/^.*? msg=/, '')),
    ['one a="" b="x=y" c="back\\\\slash" d="tab\\t" e=ü-1:2/3', 'two'],
  )
})

t.test('a terminal is coloured only where there is one, whatever form is chosen', async (t) => {
  const colour = '\u001b['
  for (const format of ['json', 'logfmt'] as const) {
    const { log, output } = await logTo({ format, terminal: true })
    log.error({ a: 1 }, 'one')
    t.notMatch(output(), colour, format)
  }
  const pretty = await logTo({ format: 'pretty', terminal: true })
  pretty.log.info({}, 'alone')
  t.match(pretty.output(), /^\[12:30:00Z\] .*alone.*[^ ]\n$/)
})

t.test('each level is told as itself', async (t) => {
  const { log, lines } = await logTo()
  for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level]({}, 'x')
  t.strictSame(
    lines().map((line) => JSON.parse(line).level),
    ['debug', 'info', 'warn', 'error'],
  )
})
