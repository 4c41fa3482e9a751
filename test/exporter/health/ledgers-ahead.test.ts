import t from 'tap'
import { noTotals } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger, type Ledger } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { minuteMs, minuteOf } from '../../../src/domain/time.ts'
import { setLedgersRight } from '../../../src/exporter/health/ledgers-ahead.ts'
import { createCore, zone } from '../../support/exporter-core.ts'

const [one, two] = [zone('one.example'), zone('two.example')]
const key = scopeKey(one)

/** Two scopes whose ledgers are ahead of the running minute by so many; null: without a ledger. */
async function watching(ahead: number | null, other: number | null = null, edit: Partial<Ledger> = {}) {
  const core = createCore()
  const { state, memory, clock } = core
  const running = minuteOf(clock.now())
  state.setScopes([one, two])
  for (const [scope, by] of [
    [one, ahead],
    [two, other],
  ] as const) {
    if (by === null) continue
    const ledger = { ...beginLedger(running + by), ...edit }
    await memory.saveLedger(scopeKey(scope), ledger)
    state.healthRead(scopeKey(scope), ledger, clock.now())
  }
  const setRight = async () => {
    const readable = await setLedgersRight([...state.scopes.values()], core)
    return readable.map(({ scope }) => scope.name)
  }
  return { ...core, running, setRight }
}

t.test('a ledger that is complete to the end of the running minute is not ahead', async (t) => {
  const { setRight, log, state } = await watching(1)
  t.same(await setRight(), ['one.example', 'two.example'])
  t.equal(state.scope(key)?.health.failure, null)
  t.same(log.lines, [])
})

t.test('one that is a minute further is pulled back, and its neighbour is read all the same', async (t) => {
  const { setRight, log, state, memory, running } = await watching(2, 0, { gapSeconds: 30 })
  t.same(await setRight(), ['two.example'])
  const ledger = memory.ledger(key)
  t.match(ledger, { readTo: running + 1, watermark: running + 1, gapSeconds: 90 })
  t.match(state.scope(key), {
    readTo: running + 1,
    gapSeconds: 90,
    health: { failure: { kind: 'bad_response', message: /ahead of the time$/ } },
  })
  t.strictSame(log.taken(), [
    {
      level: 'error',
      message:
        'a wrong clock had marked health data as complete for a time that is still to come; counting begins again now',
      account: 'Quay',
      zone: 'one.example',
      complete_to: new Date((running + 2) * minuteMs).toISOString(),
      pulled_back_to: new Date((running + 1) * minuteMs).toISOString(),
      gap_seconds: 60,
    },
  ])
  t.same(await setRight(), ['one.example', 'two.example'], 'the next time it can be read')
})

t.test('a ledger that cannot be pulled back is left as it is, and its scope is down', async (t) => {
  const at = (minute: number) => minute * minuteMs
  const running = minuteOf(createCore().clock.now())
  const totals = new Map([['7', { ...noTotals, lastUpload: at(running + 9) }]])
  const { setRight, log, state, memory } = await watching(5, null, { totals })
  t.same(await setRight(), ['two.example'])
  t.match(memory.ledger(key), { readTo: running + 5, gapSeconds: 0 })
  t.not(state.scope(key)?.health.failure, null)
  t.same(log.lines, [])
})

t.test('a scope of which the store has nothing is down until it is not ahead', async (t) => {
  const { setRight, state, clock, log, running } = await watching(null)
  state.healthRead(key, beginLedger(running + 5), clock.now())
  t.same(await setRight(), ['two.example'])
  t.not(state.scope(key)?.health.failure, null)
  await clock.advance(4 * minuteMs)
  t.same(await setRight(), ['one.example', 'two.example'])
  t.same(log.lines, [])
})
