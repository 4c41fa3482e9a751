import t from 'tap'
import { type Lifetime, runUntil } from '../../../src/commands/serve/exporter-lifetime.ts'
import { createSteppedClock, settle } from '../../support/stepped-clock.ts'

type Poll = Lifetime['polls'][number]

const until = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** A run of this poll beside others, and what happened in it so far, in its order. */
function started(
  poll: Poll,
  given: { stop?: AbortSignal; lost?: AbortSignal; others?: readonly Poll[] } = {},
) {
  const clock = createSteppedClock()
  const stop = new AbortController()
  const said: string[] = []
  const noted: Poll = async (told, aborted) => {
    const note = (text: string) => () => void said.push(text)
    if (told.aborted) said.push('told to stop')
    told.addEventListener('abort', note('told to stop'), { once: true })
    aborted.addEventListener('abort', note('cut short'), { once: true })
    await poll(told, aborted).finally(note('ended'))
  }
  const lifetime: Lifetime = {
    clock,
    polls: [noted, ...(given.others ?? [])],
    stopping: () => void said.push('stopping'),
    close: async () => void said.push('closed'),
  }
  const running = runUntil(given.stop ?? stop.signal, given.lost ?? null, lifetime).then(
    () => void said.push('over'),
    (error: unknown) => void said.push(String(error)),
  )
  return { clock, said, stop: () => stop.abort(), running }
}

t.test('what is under way may end after the signal; then all is closed', async (t) => {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const { clock, said, stop, running } = started(() => ended)
  await clock.advance(3_600_000)
  t.same(said, [], 'nothing ends it but the signal')
  stop()
  await clock.advance(7_999)
  t.same(said, ['told to stop', 'stopping'])
  end()
  await running
  t.same(said.slice(2), ['ended', 'cut short', 'closed', 'over'])
  t.equal(clock.sleepers, 0, 'no patience is left over')
})

t.test('what is under way for eight seconds after the signal is cut short', async (t) => {
  const { clock, said, stop, running } = started((_stop, aborted) => until(aborted))
  stop()
  await clock.advance(7_999)
  t.same(said, ['told to stop', 'stopping'])
  await clock.advance(1)
  await running
  t.same(said.slice(2), ['cut short', 'ended', 'closed', 'over'])
})

t.test('a signal that came before the start is kept to alike', async (t) => {
  const { clock, said, running } = started((_stop, aborted) => until(aborted), { stop: AbortSignal.abort() })
  await settle()
  t.same(said, ['told to stop', 'stopping'])
  await clock.advance(8_000)
  await running
  t.same(said.slice(2), ['cut short', 'ended', 'closed', 'over'])
})

t.test('when the right to run is lost, all is cut short at once', async (t) => {
  const lost = new AbortController()
  const { said, running } = started((_stop, aborted) => until(aborted), { lost: lost.signal })
  await settle()
  t.same(said, [])
  lost.abort()
  await running
  t.same([...said].sort(), ['closed', 'cut short', 'ended', 'over', 'stopping', 'told to stop'])
  const before = started((stop, aborted) => Promise.all([until(stop), until(aborted)]).then(), {
    lost: AbortSignal.abort(),
  })
  await before.running
  t.same(before.said.at(-1), 'over', 'also when it was lost before the start')
})

t.test('with a right that is not lost, the signal still leaves eight seconds', async (t) => {
  const lost = new AbortController().signal
  const { clock, said, stop, running } = started((_stop, aborted) => until(aborted), { lost })
  stop()
  await clock.advance(7_999)
  t.same(said, ['told to stop', 'stopping'])
  await clock.advance(1)
  await running
})

const bug: Poll = async () => {
  throw new Error('a bug')
}

t.test('a poll that fails has met a bug: all is closed, and it is thrown on', async (t) => {
  const { said, running } = started(bug)
  await running
  t.same(said, ['ended', 'told to stop', 'stopping', 'cut short', 'closed', 'Error: a bug'])
})

t.test('a bug in one poll ends the others as the signal would', async (t) => {
  const { clock, said, running } = started((_stop, aborted) => until(aborted), { others: [bug] })
  await clock.advance(7_999)
  t.same(said, ['told to stop', 'stopping'])
  await clock.advance(1)
  await running
  t.same(said.slice(2), ['cut short', 'ended', 'closed', 'Error: a bug'])
})

t.test('a poll that has nothing to do ends none of the others', async (t) => {
  const { clock, said, stop, running } = started(until, { others: [async () => {}] })
  await clock.advance(3_600_000)
  t.same(said, [])
  stop()
  await running
  t.same(said.at(-1), 'over')
})
