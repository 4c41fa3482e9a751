import t from 'tap'
import { scopeKey } from '../../../src/domain/scope.ts'
import { type AllowedQuery, ApiFailure } from '../../../src/errors.ts'
import { createHealthLessons } from '../../../src/exporter/health/health-lessons.ts'
import { plentifulLimits, zone } from '../../support/exporter-core.ts'
import { logSink } from '../../support/log-sink.ts'
import { createSteppedClock } from '../../support/stepped-clock.ts'

const one = scopeKey(zone('one.example'))
const two = scopeKey(zone('two.example'))
const minute = 60_000

function lessons() {
  const clock = createSteppedClock()
  const log = logSink()
  return { clock, log, own: createHealthLessons(clock, log, () => minute) }
}

const refusal = (allowed: AllowedQuery) =>
  new ApiFailure('invalid_request', 'too much', { operation: 'test', allowed })

t.test('what a refusal allows holds for its scope for a day, and is news once', async (t) => {
  const { clock, log, own } = lessons()
  const allowed = { maxDurationSeconds: 600, neededFieldsOnly: true } as const
  t.equal(own.learn(one, refusal(allowed), plentifulLimits), true)
  t.equal(own.learn(one, refusal(allowed), plentifulLimits), false)
  t.equal(
    own.learn(one, refusal({}), plentifulLimits),
    false,
    'a refusal that names nothing takes nothing back',
  )
  t.match(own.limits(one, plentifulLimits), { maxDurationSeconds: 600, optionalFields: false })
  t.same(own.limits(two, plentifulLimits), plentifulLimits)
  t.match(log.lines, [{ level: 'info', message: 'health data of the scope has narrower limits' }])
  t.equal(log.lines.length, 1)
  await clock.advance(24 * 60 * minute - 1)
  t.equal(own.limits(one, plentifulLimits).maxDurationSeconds, 600)
  await clock.advance(1)
  t.same(own.limits(one, plentifulLimits), plentifulLimits)
})

t.test('a query that was too complex is halved for an hour', async (t) => {
  const { clock, own } = lessons()
  t.equal(own.batchSize(), 10)
  own.tooMany(10)
  t.equal(own.batchSize(), 5)
  own.tooMany(5)
  t.equal(own.batchSize(), 3)
  own.tooMany(10)
  t.equal(own.batchSize(), 3, 'what was sent before takes nothing back')
  await clock.advance(60 * minute - 1)
  t.equal(own.batchSize(), 3)
  await clock.advance(1)
  t.equal(own.batchSize(), 10)
})

t.test(
  'a scope that spoils answers is asked alone, and less often each time, until it is read',
  async (t) => {
    const { clock, own } = lessons()
    const rests: number[] = []
    for (let time = 0; time < 5; time += 1) {
      own.spoilt(one)
      let polls = 0
      for (; own.rests(one); polls += 1) await clock.advance(minute)
      rests.push(polls)
    }
    t.same(rests, [0, 1, 3, 5, 5])
    t.same([own.isApart(one), own.isApart(two), own.rests(two)], [true, false, false])
    own.read(one)
    t.equal(own.isApart(one), false)
    own.spoilt(one)
    t.equal(own.rests(one), false, 'it begins anew')
  },
)

t.test('what was learnt of scopes that left is forgotten', async (t) => {
  const { own } = lessons()
  for (const key of [one, two]) {
    own.learn(key, refusal({ maxDurationSeconds: 600 }), plentifulLimits)
    own.spoilt(key)
  }
  own.keepOnly((key) => key === two)
  t.same([own.isApart(one), own.isApart(two)], [false, true])
  t.same(
    [one, two].map((key) => own.limits(key, plentifulLimits).maxDurationSeconds),
    [3600, 600],
  )
})
