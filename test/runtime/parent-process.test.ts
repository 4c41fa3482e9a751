import t from 'tap'
import { isBelowNpm, parentGone } from '../../src/runtime/parent-process.ts'
import { createSteppedClock, settle } from '../support/stepped-clock.ts'

t.test('the signal aborts within half a second of the end of the parent', async (t) => {
  const clock = createSteppedClock()
  const stop = new AbortController()
  let parent = 100
  const gone = parentGone(() => parent, clock, stop.signal)
  await clock.advance(60_000)
  t.equal(gone.aborted, false)
  parent = 1
  await clock.advance(499)
  t.equal(gone.aborted, false, 'it looks twice a second')
  await clock.advance(1)
  t.equal(gone.aborted, true)
})

t.test('once stopped it watches no more', async (t) => {
  const clock = createSteppedClock()
  const stop = new AbortController()
  let parent = 100
  const gone = parentGone(() => parent, clock, stop.signal)
  stop.abort()
  await settle()
  parent = 1
  await clock.advance(10_000)
  t.equal(gone.aborted, false)
})

t.test('npm run and npx are known by what they set', async (t) => {
  t.equal(isBelowNpm({ npm_lifecycle_event: 'demo' }), true)
  t.equal(isBelowNpm({ npm_command: 'exec' }), true)
  t.equal(isBelowNpm({ HOME: '/root' }), false)
})
