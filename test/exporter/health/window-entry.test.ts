import t from 'tap'
import { type ScopeKey, scopeKey } from '../../../src/domain/scope.ts'
import { minuteMs } from '../../../src/domain/time.ts'
import type { RecordStore } from '../../../src/ports/record-store.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { aJob, createCore, zone } from '../../support/exporter-core.ts'
import { rowsAt, type Upload } from '../../support/health-source.ts'

const start = Date.UTC(2026, 10, 24, 3, 0, 0)
const zones = ['one.example', 'two.example', 'three.example'].map((name) => zone(name))

function upload(scopeId: string): Upload {
  const endedAt = start - 5 * minuteMs
  const kind = { destinationType: 's3', status: 200, final: true, success: true, records: 10, bytes: 100 }
  return { scopeId, jobId: scopeId, endedAt, visibleAt: endedAt, ...kind }
}

/** Polls three zones, that go together, into a store that notes what is saved, and what was shown by then. */
async function poll() {
  const saved: { readonly ledgers: readonly string[]; readonly shown: number }[] = []
  const inner = createMemoryStore()
  const store: RecordStore = {
    ...inner,
    async putAll(records) {
      const list = [...records]
      saved.push({ ledgers: list.map(([key]) => key).sort(), shown: shown().length })
      await inner.putAll(list)
    },
  }
  const uploads = zones.map(({ id }) => upload(id))
  const core = createCore({
    store,
    jobs: (key) => [aJob(key.slice('zone:'.length))],
    rows: ({ id }, { from, to }) => rowsAt(uploads, id, { from, to }, core.clock.now()),
  })
  const shown = (): readonly ScopeKey[] =>
    zones
      .map(scopeKey)
      .filter((key) => [...(core.state.scope(key)?.totals.values() ?? [])][0]?.records === 10)
  core.state.setScopes(zones)
  await core.pollInventory()
  await core.pollHealth()
  return { saved, shown: shown(), queries: core.queries.length }
}

t.test('the ledgers of a batch are saved in one write, before any of them is shown', async (t) => {
  const { saved, shown, queries } = await poll()
  t.equal(queries, 1, 'the zones went together')
  t.same(saved, [{ ledgers: zones.map((one) => `ledger:${scopeKey(one)}`).sort(), shown: 0 }])
  t.same(shown, zones.map(scopeKey))
})
