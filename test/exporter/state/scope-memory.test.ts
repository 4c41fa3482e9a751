import t from 'tap'
import { seeJob } from '../../../src/domain/job/job-state.ts'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { createScopeMemory } from '../../../src/exporter/state/scope-memory.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { aJob, quayAccount, zone } from '../../support/exporter-core.ts'
import { logSink } from '../../support/log-sink.ts'

const day = 86_400_000
const one = zone('one.example')
const two = zone('two.example')

function memoryOf(store = createMemoryStore(), start = Date.UTC(2026, 10, 23)) {
  let now = start
  const log = logSink()
  const memory = createScopeMemory(store, { log, now: () => now, revisionWindowMs: () => 900_000 })
  return { store, log, memory, pass: (ms: number) => (now += ms) }
}

t.test('a scope that is gone for 30 days is forgotten with both its records, and not before', async (t) => {
  const { store, memory, pass } = memoryOf()
  for (const scope of [one, two]) {
    await memory.saveJobs(scope, [])
    await memory.saveLedger(scopeKey(scope), beginLedger(5))
  }
  const both = new Set([scopeKey(one), scopeKey(two)])
  const onlyTwo = new Set([scopeKey(two)])
  await memory.seen(both)
  t.equal(store.keys('').length, 4, 'nothing is written for scopes that are there')
  await memory.seen(onlyTwo)
  pass(29 * day)
  await memory.seen(onlyTwo)
  t.not(memory.ledger(scopeKey(one)), null)
  await memory.seen(both)
  pass(2 * day)
  await memory.seen(onlyTwo)
  t.not(memory.ledger(scopeKey(one)), null, 'it came back in between')
  pass(30 * day)
  await memory.seen(onlyTwo)
  t.same(store.keys(''), [`ledger:${scopeKey(two)}`, `scope:${scopeKey(two)}`])
})

t.test('a scope that only health data knows of is forgotten too', async (t) => {
  const { store, memory, pass } = memoryOf()
  await memory.saveLedger(scopeKey(one), beginLedger(5))
  await memory.seen(new Set())
  pass(30 * day)
  await memory.seen(new Set())
  t.same(store.keys(''), [])
})

t.test('a damaged record is said aloud, and its scope starts from zero', async (t) => {
  const { store, log, memory } = memoryOf()
  await store.put(`ledger:${scopeKey(one)}`, { watermark: 'x' })
  t.equal(memory.ledger(scopeKey(one)), null)
  t.match(log.lines, [{ level: 'error', message: 'a ledger record is damaged; this scope starts from zero' }])
})

t.test(
  'after a damaged ledger, scopes are read on from its last write, and its open minutes are a gap',
  async (t) => {
    const store = createMemoryStore()
    const at = Date.UTC(2026, 10, 23, 12)
    await store.put('replaced', { writtenAt: at - 7_200_000, at })
    const { memory, pass } = memoryOf(store, at)
    t.same(memory.ledger(scopeKey(one)), { ...beginLedger((at - 7_200_000) / 60_000), gapSeconds: 900 })
    await memory.saveLedger(scopeKey(one), beginLedger(77))
    t.equal(memory.ledger(scopeKey(one))?.watermark, 77, 'once it has a ledger, that one counts')
    pass(3_600_001)
    t.equal(memory.ledger(scopeKey(two)), null, 'a scope that is found later was not in the old ledger')
  },
)

t.test('a day less than thirty is not enough to forget, and one that never left has no mark', async (t) => {
  const { store, memory, pass } = memoryOf()
  await memory.saveJobs(one, [])
  await memory.seen(new Set())
  t.same(store.keys('gone:'), [`gone:${scopeKey(one)}`])
  pass(30 * day - 1)
  await memory.seen(new Set())
  t.equal(memory.scopes().length, 1)
  await memory.seen(new Set([scopeKey(one)]))
  t.same(store.keys('gone:'), [])
  await memory.seen(new Set())
  pass(30 * day)
  await memory.seen(new Set())
  t.same(store.keys(''), [])
})

t.test('for an hour after the old ledger was replaced, scopes are taken to have been in it', async (t) => {
  const store = createMemoryStore()
  const at = Date.UTC(2026, 10, 23, 12)
  await store.put('replaced', { writtenAt: at - 60_000, at })
  const { memory, pass } = memoryOf(store, at)
  pass(3_600_000)
  t.match(memory.ledger(scopeKey(one)), { watermark: at / 60_000 - 1, gapSeconds: 900 })
  pass(1)
  t.equal(memory.ledger(scopeKey(one)), null)
})

t.test('a note of the old ledger that says too little is no ledger', async (t) => {
  const at = Date.UTC(2026, 10, 23, 12)
  for (const note of [
    null,
    'then',
    {},
    { at },
    { writtenAt: at },
    { writtenAt: `${at}`, at },
    { writtenAt: at, at: '' },
  ]) {
    const store = createMemoryStore()
    await store.put('replaced', note)
    t.equal(memoryOf(store, at).memory.ledger(scopeKey(one)), null, JSON.stringify(note))
  }
})

t.test('scopes are remembered with their jobs and their accounts', async (t) => {
  const { store, memory, log } = memoryOf()
  const job = seeJob(null, summarise(aJob('7')), 5)
  await memory.saveJobs(one, [job])
  await memory.saveJobs(quayAccount, [])
  t.strictSame(
    memory.scopes().map(({ scope, jobs }) => [scope, [...jobs].length]),
    [
      [{ kind: 'account', id: quayAccount.id, name: 'Quay' }, 0],
      [one, 1],
    ],
  )
  await store.put('scope:zone:odd', { kind: 'zone' })
  t.equal(memory.scopes().length, 2)
  t.match(log.lines, [{ level: 'error', fields: { key: 'scope:zone:odd' } }])
})
