import t from 'tap'
import { ApiFailure, type ApiFailureKind } from '../../../src/errors.ts'
import { createIsolation, refusesSome } from '../../../src/exporter/health/health-isolation.ts'

const failureOf = (kind: ApiFailureKind, status = 200): ApiFailure =>
  new ApiFailure(kind, 'for the test', { operation: 'test', status })
const inside = failureOf('unavailable')

function watching() {
  let monotonic = 5_000_000
  const isolation = createIsolation({ monotonic: () => monotonic })
  return { ...isolation, pass: (ms: number) => (monotonic += ms) }
}

t.test('a refusal may be about some of the scopes, a failure of the way is not', async (t) => {
  for (const kind of ['forbidden', 'not_found', 'invalid_request', 'partial'] as const) {
    t.ok(refusesSome(failureOf(kind)), kind)
    t.ok(watching().begin({})(failureOf(kind)), kind)
  }
  for (const kind of ['network', 'timeout', 'rate_limited', 'auth', 'aborted'] as const) {
    t.notOk(refusesSome(failureOf(kind)), kind)
    t.notOk(watching().begin({})(failureOf(kind)), kind)
  }
})

t.test('trouble inside an answer is looked into, trouble without one is not', async (t) => {
  for (const kind of ['unavailable', 'bad_response'] as const) {
    t.ok(watching().begin({})(failureOf(kind)), kind)
    t.notOk(watching().begin({})(failureOf(kind, 503)), kind)
  }
})

t.test('three batches at most are looked into at once, each as deep as it takes', async (t) => {
  const { begin, end } = watching()
  const looks = [{}, {}, {}, {}].map((batch) => ({ batch, into: begin(batch) }))
  t.same(
    looks.map(({ into }) => into(inside)),
    [true, true, true, false],
  )
  t.same(
    looks.map(({ into }) => into(inside)),
    [true, true, true, false],
  )
  t.equal(looks[3]?.into(failureOf('forbidden')), true, 'a refusal always is')
  const [first] = looks
  if (first !== undefined) end(first.batch, true)
  t.equal(looks[3]?.into(inside), true, 'one is done')
})

t.test('after one in vain none is looked into for ten minutes, unless another was worth it', async (t) => {
  const { begin, end, pass } = watching()
  const look = (anyRead: boolean) => {
    const batch = {}
    const isLookedInto = begin(batch)(inside)
    end(batch, anyRead)
    return isLookedInto
  }
  t.equal(look(false), true)
  pass(599_999)
  t.equal(look(true), false)
  pass(1)
  t.equal(look(true), true)
  t.equal(look(true), true)
  const [early, late] = [{}, {}]
  for (const batch of [early, late]) begin(batch)(inside)
  end(early, false)
  end(late, true)
  t.equal(look(true), true, 'the last one tells')
})

t.test('a batch that was never looked into changes nothing by its end', async (t) => {
  const { begin, end } = watching()
  end({}, false)
  t.equal(begin({})(inside), true)
})
