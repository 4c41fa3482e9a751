import { getEventListeners } from 'node:events'
import t from 'tap'
import { startDeadline } from '../../src/ports/deadline.ts'

t.test('a request that is over leaves nothing on the signal of the process', async (t) => {
  const caller = new AbortController()
  const listeners = () => getEventListeners(caller.signal, 'abort').length
  for (let i = 0; i < 3; i += 1) {
    const deadline = startDeadline(caller.signal, 60_000)
    t.equal(listeners(), 1)
    deadline.release()
    t.equal(listeners(), 0)
  }
})

t.test('what ends a request first is what ended it', async (t) => {
  const caller = new AbortController()
  const deadline = startDeadline(caller.signal, 60_000)
  t.equal(deadline.ended(), null)
  caller.abort()
  t.equal(deadline.ended(), 'aborted')
  t.equal(deadline.signal.aborted, true)
  t.equal(deadline.signal.reason, caller.signal.reason)
  deadline.release()
  const late = startDeadline(new AbortController().signal, 1)
  // The time limit alone keeps no process alive; in the program, the socket that it guards does.
  const alive = setTimeout(() => {}, 60_000)
  await new Promise((resolve) => late.signal.addEventListener('abort', resolve, { once: true }))
  clearTimeout(alive)
  t.equal(late.ended(), 'timeout')
  t.match(late.signal.reason, { name: 'TimeoutError' }, 'whoever waits is told which it was')
  late.release()
  t.equal(startDeadline(AbortSignal.abort(), 60_000).ended(), 'aborted')
})
