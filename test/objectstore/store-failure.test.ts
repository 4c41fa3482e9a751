import t from 'tap'
import type { StorePlace } from '../../src/domain/destination/store-place.ts'
import {
  failureOf,
  inspectThrown,
  listTask,
  readTask,
  storeFailure,
  type Thrown,
} from '../../src/objectstore/store-failure.ts'

const place: StorePlace = { store: 'gcs', bucket: 'quay-logs', path: 'http' }
const task = listTask(place)
const thrown = (over: Partial<Thrown>): Thrown => ({ code: '', status: null, message: '', ...over })

/** An error so many causes below the one that is thrown. */
function below(causes: number, error: object): object {
  return causes === 0 ? error : { code: 'Outer', cause: below(causes - 1, error) }
}

t.test('the name or code of an error is found wherever a client puts it', async (t) => {
  const cases: readonly (readonly [unknown, string])[] = [
    [new TypeError('x'), 'TypeError'],
    [new Error('x'), ''],
    [{ name: 'Error', Code: 'AccessDenied' }, 'AccessDenied'],
    [{ name: 'RestError', code: 'BlobNotFound', Code: 'Other' }, 'BlobNotFound'],
    [{ code: 'ECONNREFUSED' }, 'ECONNREFUSED'],
    [{ code: 'REQUEST_SEND_ERROR', cause: { code: 'ECONNRESET' } }, 'ECONNRESET'],
    [{ errors: [{ code: 'ETIMEDOUT' }, { code: 'ECONNRESET' }] }, 'ETIMEDOUT'],
    [{ cause: { code: 'NoSystemCode' } }, ''],
    [below(5, { code: 'EPIPE' }), 'EPIPE'],
    [below(6, { code: 'EPIPE' }), 'Outer'],
    [{ code: 404, name: 'ApiError' }, 'ApiError'],
    [{ code: 'a code with spaces', name: 'RestError' }, 'RestError'],
    [{ name: `A${'a'.repeat(59)}` }, `A${'a'.repeat(59)}`],
    [{ name: `A${'a'.repeat(60)}` }, ''],
    ['a text', ''],
    [null, ''],
    [undefined, ''],
  ]
  for (const [error, code] of cases) t.equal(inspectThrown(error).code, code)
  const circle: { code: string; cause?: unknown } = { code: 'Round' }
  circle.cause = circle
  t.equal(inspectThrown(circle).code, 'Round')
})

t.test('the status is found wherever a client puts it', async (t) => {
  const cases: readonly (readonly [unknown, number | null])[] = [
    [{ statusCode: 403 }, 403],
    [{ status: 404 }, 404],
    [{ $metadata: { httpStatusCode: 503 } }, 503],
    [{ response: { status: 401 } }, 401],
    [{ code: 429 }, 429],
    [{ code: '404' }, 404],
    [{ code: 100 }, 100],
    [{ code: 99 }, null],
    [{ code: 599 }, 599],
    [{ code: 600 }, null],
    [{ code: 404.5 }, null],
    [{ code: [404] }, null],
    [{ code: 'NoSuchKey' }, null],
    [{ statusCode: '403', status: 404 }, 404],
    [new Error('x'), null],
    [null, null],
  ]
  for (const [error, status] of cases) t.equal(inspectThrown(error).status, status, JSON.stringify(error))
})

t.test('the text of an error is there to be matched', async (t) => {
  t.equal(inspectThrown(new Error('Region is missing')).message, 'Region is missing')
  t.equal(inspectThrown({ message: 7 }).message, '')
  t.equal(inspectThrown('a text').message, '')
})

t.test('what every store can fail with is said in the same words', async (t) => {
  const connect = 'check that the address is right and that this machine may connect to it'
  const network = (code: string) => `network: no connection (${code}); ${connect}`
  const timeout = (code: string) => `timeout: no response in time (${code}); ${connect}`
  const cases: readonly (readonly [Partial<Thrown>, string])[] = [
    [{ code: 'AbortError' }, 'aborted: canceled (AbortError); the run was interrupted'],
    [{ code: 'ETIMEDOUT' }, timeout('ETIMEDOUT')],
    [{ code: 'ESOCKETTIMEDOUT' }, timeout('ESOCKETTIMEDOUT')],
    [{ code: 'TimeoutError' }, timeout('TimeoutError')],
    [{ code: 'RequestTimeout' }, timeout('RequestTimeout')],
    [{ code: 'FetchError', message: 'network timeout at: x' }, timeout('FetchError')],
    [{ code: 'ECONNRESET' }, network('ECONNRESET')],
    [{ code: 'EAI_AGAIN' }, network('EAI_AGAIN')],
    [{ code: 'UND_ERR_SOCKET' }, network('UND_ERR_SOCKET')],
    [{ code: 'UND_ERR_CONNECT_TIMEOUT' }, timeout('UND_ERR_CONNECT_TIMEOUT')],
    [{ code: 'HPE_INVALID_CONSTANT' }, network('HPE_INVALID_CONSTANT')],
    [{ code: 'CERT_HAS_EXPIRED' }, network('CERT_HAS_EXPIRED')],
    [{ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, network('UNABLE_TO_VERIFY_LEAF_SIGNATURE')],
    [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, network('DEPTH_ZERO_SELF_SIGNED_CERT')],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, network('ERR_TLS_CERT_ALTNAME_INVALID')],
    [{ code: 'REQUEST_SEND_ERROR' }, network('REQUEST_SEND_ERROR')],
    [{ status: 429 }, 'rate_limited: the store throttles requests (status 429); try again later'],
    [{ status: 500 }, 'unavailable: the store is unavailable (status 500); try again later'],
    [
      { status: 503, code: 'SlowDown' },
      'unavailable: the store is unavailable (SlowDown, status 503); try again later',
    ],
  ]
  for (const [error, text] of cases) {
    // A sign of the one store says nothing where all stores fail alike.
    const failure = failureOf(thrown(error), task, [[true, 'auth', 'log in']], 'look')
    const [kind, ...rest] = text.split(': ')
    t.equal(failure.kind, kind)
    t.equal(failure.message, `cannot list gs://quay-logs/http: ${rest.join(': ')}`)
  }
})

t.test('what only one store fails with is told by its first sign', async (t) => {
  const own: readonly Partial<Thrown>[] = [
    {},
    { status: 499 },
    { status: 428 },
    // A credential file that cannot be read.
    { code: 'ENOENT' },
    { code: 'EACCES' },
    { code: 'EPERM' },
    { code: 'EISDIR' },
    { code: 'ERR_INVALID_ARG_TYPE' },
    { code: 'FetchError', message: 'invalid json' },
    { code: 'OtherError', message: 'network timeout at: x' },
  ]
  for (const error of own) {
    const failure = failureOf(
      thrown(error),
      task,
      [
        [false, 'not_found', 'look'],
        [true, 'forbidden', 'grant it'],
        [true, 'auth', 'log in'],
      ],
      'look',
    )
    t.equal(failure.kind, 'forbidden')
    t.match(failure.message, /: access denied.*; grant it$/)
  }
  const other = failureOf(thrown({ status: 400 }), task, [[false, 'auth', 'log in']], 'check the path')
  t.equal(other.kind, 'invalid_request')
  t.equal(
    other.message,
    'cannot list gs://quay-logs/http: the store refused the request (status 400); check the path',
  )
})

t.test('a failure says what was asked, and holds status and code on their own', async (t) => {
  const full = storeFailure('auth', task, thrown({ code: 'InvalidToken', status: 401 }), 'log in')
  t.match(full, { operation: 'list log files', status: 401, codes: ['InvalidToken'] })
  t.equal(
    full.message,
    'cannot list gs://quay-logs/http: no usable credentials (InvalidToken, status 401); log in',
  )
  const reading = readTask({ place, key: 'http/a.txt', credentials: null })
  const bare = storeFailure('bad_response', reading, thrown({ message: 'a text from outside' }), 'look')
  t.match(bare, { operation: 'read challenge file', status: undefined })
  t.same(bare.codes, [])
  t.equal(bare.message, 'cannot read gs://quay-logs/http/a.txt: the object is not a challenge file; look')
  t.match(storeFailure('not_found', task, thrown({}), 'look').message, /: no such bucket or container; look$/)
})
