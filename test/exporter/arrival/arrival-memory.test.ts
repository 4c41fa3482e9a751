import t from 'tap'
import { beginLedger } from '../../../src/domain/arrival/arrival-ledger.ts'
import { beginRecords } from '../../../src/domain/arrival/record-ledger.ts'
import { createArrivalMemory } from '../../../src/exporter/arrival/arrival-memory.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { tenOClock } from '../../support/log-files.ts'
import { logSink } from '../../support/log-sink.ts'

const day = 86_400_000
const none = new Set<string>()

function remembering() {
  const store = createMemoryStore()
  const log = logSink()
  return { store, log, memory: createArrivalMemory(store, log) }
}

t.test('what is saved of a place is there again after a restart', async (t) => {
  const { store, log, memory } = remembering()
  t.equal(memory.isEmpty(), true)
  t.equal(memory.ledger('s3:a'), null)
  const [files, records] = [beginLedger(tenOClock, 0), beginRecords(tenOClock)]
  await memory.save('s3:a', files)
  await memory.saveRecords('elastic:b', records)
  const again = createArrivalMemory(store, log)
  t.same(again.ledger('s3:a'), files)
  t.same(again.records('elastic:b'), records)
  t.equal(again.isEmpty(), false)
  t.same(log.lines, [], 'that nothing is known of a place is no news')
})

t.test('a damaged record is an error in the log that names it, and its place starts from zero', async (t) => {
  const { store, log, memory } = remembering()
  await store.put('arrival:s3:a', { files: 'many' })
  t.equal(memory.ledger('s3:a'), null)
  t.equal(memory.records('s3:a'), null)
  t.match(log.lines, [
    { level: 'error', fields: { key: 'arrival:s3:a' } },
    { level: 'error', fields: { key: 'arrival:s3:a' } },
  ])
})

t.test('a place is forgotten when it was not watched for thirty days on end', async (t) => {
  const { store, memory } = remembering()
  for (const place of ['a', 'b']) await memory.save(place, beginLedger(tenOClock, 0))
  const known = () => ['a', 'b'].filter((place) => memory.ledger(place) !== null)
  await memory.seen(new Set(['a']), tenOClock)
  await memory.seen(none, tenOClock + 20 * day)
  await memory.seen(none, tenOClock + 30 * day - 1)
  t.same(known(), ['a', 'b'])
  await memory.seen(none, tenOClock + 30 * day)
  t.same(known(), ['a'])
  await memory.seen(new Set(['a']), tenOClock + 40 * day)
  await memory.seen(none, tenOClock + 60 * day)
  t.same(known(), ['a'], 'it was watched in between')
  await memory.seen(none, tenOClock + 90 * day)
  t.same(store.keys('arrival'), [], 'nothing is left of either')
})

t.test('a mark that is damaged is made anew', async (t) => {
  const { store, memory } = remembering()
  await memory.save('a', beginLedger(tenOClock, 0))
  await store.put('arrival-gone:a', 'long ago')
  await memory.seen(none, tenOClock)
  t.equal(store.get('arrival-gone:a'), tenOClock)
  t.not(memory.ledger('a'), null)
})
