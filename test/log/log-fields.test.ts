import t from 'tap'
import { Secret } from '../../src/domain/secret.ts'
import { ApiFailure, InternalError, UserError } from '../../src/errors.ts'
import { safeError, safeFields, safeText } from '../../src/log/log-fields.ts'

/** A value with so many objects around it. */
function nested(depth: number, value: unknown): unknown {
  return depth === 0 ? value : { in: nested(depth - 1, value) }
}

t.test('a field is masked by the end of its name, however that is written', async (t) => {
  for (const name of [
    'apiToken',
    'webhook_secret',
    'PASSWORD',
    'passwd',
    'Proxy-Authorization',
    'set-cookie',
    'credential',
    'credentials',
    'destination_conf',
    'ownershipChallenge',
    'cf-webhook-auth',
    'API_KEY',
    'accessKey',
    'access-key-id',
    'privateKey',
    'routing_key',
    'X-Amz-Signature',
  ])
    t.strictSame(safeFields({ [name]: 'canary' }), { [name]: '***' }, name)
  for (const name of ['tokens', 'key', 'secretFile', 'cookieCount', 'author'])
    t.strictSame(safeFields({ [name]: 'shown' }), { [name]: 'shown' }, name)
})

t.test('whether there is a secret may be told, and a number of that name may not', async (t) => {
  t.strictSame(safeFields({ a_token: null, b_token: undefined, c_token: false, d_token: 7, e_token: {} }), {
    a_token: null,
    b_token: undefined,
    c_token: false,
    d_token: '***',
    e_token: '***',
  })
})

t.test('what is nested is written six levels deep, and masked in each', async (t) => {
  t.strictSame(safeFields({ a: nested(6, 1) }), { a: nested(6, 1) })
  t.strictSame(safeFields({ a: nested(7, 1) }), { a: nested(6, '…') })
  t.strictSame(safeFields({ a: nested(5, { token: 'canary' }) }), { a: nested(5, { token: '***' }) })
  t.strictSame(safeFields({ a: [[[[[[1]]]]]] }), { a: [[[[[[1]]]]]] })
  t.strictSame(safeFields({ a: [[[[[[[1]]]]]]] }), { a: [[[[[['…']]]]]] })
})

t.test('of a list or an object a hundred entries are written', async (t) => {
  const list = Array.from({ length: 101 }, (_, index) => index)
  const object = Object.fromEntries(list.map((index) => [`k${index}`, index]))
  const { a, b } = safeFields({ a: list, b: object })
  t.strictSame(a, list.slice(0, 100))
  t.equal(Object.keys(Object(b)).length, 100)
})

t.test('of what is not plain only the kind is told', async (t) => {
  class Client {
    readonly secret = 'canary'
  }
  t.strictSame(
    safeFields({
      client: new Client(),
      map: new Map([['a', 'canary']]),
      bytes: Buffer.from('canary'),
      plain: Object.assign(Object.create(null), { a: 1 }),
      number: 7,
      nothing: null,
    }),
    { client: '[Client]', map: '[Map]', bytes: '6 bytes', plain: { a: 1 }, number: 7, nothing: null },
  )
  const secret = new Secret('canary')
  t.equal(safeFields({ secret_one: 1, wrapped: secret }).wrapped, secret, 'it shows itself as stars')
})

t.test('in a text what follows a scheme of authentication is masked, if it is long enough', async (t) => {
  t.equal(safeText('sent Bearer abcdef, basic a.b~c+d/e=- and more'), 'sent Bearer ***, basic *** and more')
  t.equal(safeText('bearer abcde'), 'bearer abcde')
})

t.test('in an address the user and parameters named like secrets are masked', async (t) => {
  for (const name of ['api_token', 'secret', 'accessKey', 'password', 'X-Signature', 'sig', 'authorization'])
    t.equal(safeText(`GET /x?a=1&${name}=canary&b=2`), `GET /x?a=1&${name}=***&b=2`, name)
  t.equal(safeText('https://user:canary@a.example/x'), 'https://***@a.example/x')
  t.equal(safeText('https://a.example/x@y?z=1'), 'https://a.example/x@y?z=1')
})

t.test('of our own errors all is told that we wrote, of others what is left after scrubbing', async (t) => {
  t.strictSame(safeError(new UserError('no such file: token=canary')), {
    type: 'UserError',
    message: 'no such file: token=canary',
  })
  const told = (error: Error) => {
    const { stack, ...rest } = safeError(error)
    t.match(stack, /^at .*log-fields\.test/)
    return rest
  }
  const long = 'window 0123456789abcdef0123456789abcdef ends before it begins'
  t.strictSame(told(new InternalError(long)), {
    type: 'InternalError',
    code: undefined,
    message: long,
    cause: undefined,
  })
  const system = Object.assign(
    new Error('ENOENT: no such file, open /run/0123456789abcdef0123456789abcdef'),
    {
      code: 'ENOENT',
      syscall: 'open',
    },
  )
  t.match(told(system), { code: 'ENOENT', message: system.message })
  t.notMatch(told(new Error(long)).message, '0123456789abcdef')
})

t.test('of a cause its kind is told, with its code where it has one', async (t) => {
  const cause = (cause: unknown) => safeError(new InternalError('x', { cause })).cause
  t.equal(cause(Object.assign(new TypeError('canary'), { code: 'ECONNRESET' })), 'TypeError ECONNRESET')
  t.equal(cause(new TypeError('canary')), 'TypeError')
  t.equal(cause('canary'), undefined)
  const failure = new ApiFailure('auth', 'no', { operation: 'list jobs', cause: new RangeError('canary') })
  t.strictSame(safeError(failure), {
    type: 'ApiFailure',
    kind: 'auth',
    operation: 'list jobs',
    status: undefined,
    codes: [],
    retryAfterMs: undefined,
    message: 'no',
    cause: 'RangeError',
  })
})

t.test('of a stack twelve places are told, without the message', async (t) => {
  const error = new Error('canary')
  const places = Array.from({ length: 13 }, (_, index) => `    at place${index} (file.ts:1:1)`)
  error.stack = ['Error: canary', '  canary at the beginning', ...places].join('\n')
  t.equal(
    safeError(error).stack,
    Array.from({ length: 12 }, (_, index) => `at place${index} (file.ts:1:1)`).join('\n'),
  )
})
