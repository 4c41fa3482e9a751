import { getEventListeners } from 'node:events'
import t from 'tap'
import { createWake } from '../../src/access/wake.ts'
import { leapingClock } from '../support/leaping-clock.ts'
import { createSteppedClock, settle } from '../support/stepped-clock.ts'

t.test('a pause takes its time, unless somebody rings or the program is told to stop', async (t) => {
  const clock = createSteppedClock()
  const wake = createWake(clock)
  const stop = new AbortController()
  const ends: string[] = []
  const pause = (name: string) =>
    wake.pause(60_000, stop.signal).then((isOver) => ends.push(isOver ? name : `${name} early`))

  void pause('slept')
  await clock.advance(59_999)
  t.same(ends, [])
  await clock.advance(1)
  t.same(ends, ['slept'])

  void pause('rung')
  await settle()
  wake.trigger()
  await settle()
  t.same(ends, ['slept', 'rung early'])

  wake.reset()
  void pause('stopped')
  await settle()
  t.equal(clock.sleepers, 1)
  stop.abort()
  await settle()
  t.same(ends, ['slept', 'rung early', 'stopped early'])
  t.equal(clock.sleepers, 0, 'and nothing sleeps on')
})

t.test('a ring between pauses ends the next one, until it is forgotten', async (t) => {
  const clock = createSteppedClock()
  const wake = createWake(clock)
  const stop = new AbortController()
  wake.trigger()
  t.equal(await wake.pause(60_000, stop.signal), false)
  wake.reset()
  let over = false
  void wake.pause(60_000, stop.signal).then(() => {
    over = true
  })
  await settle()
  t.notOk(over)
  await clock.advance(60_000)
  t.ok(over)
  stop.abort()
  t.equal(await wake.pause(60_000, stop.signal), false)
})

t.test('a thousand pauses leave no listener on a signal that lives as long as the process', async (t) => {
  const clock = leapingClock()
  const wake = createWake(clock)
  const stop = new AbortController()
  for (let i = 0; i < 1_000; i += 1) {
    if (i % 3 === 0) wake.trigger()
    else wake.reset()
    await wake.pause(60_000, stop.signal)
  }
  t.equal(clock.slept.length, 666, 'those that were not rung have slept')
  t.same(getEventListeners(stop.signal, 'abort'), [])
})

t.test('a pause under way hears a ring after older ones were forgotten', async (t) => {
  const clock = createSteppedClock()
  const wake = createWake(clock)
  const pause = wake.pause(60_000, new AbortController().signal)
  wake.reset()
  wake.trigger()
  t.equal(await pause, false)
})
