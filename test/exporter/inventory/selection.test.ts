import t from 'tap'
import { isSelected, namedIds, type Selection, shardOf } from '../../../src/exporter/inventory/selection.ts'
import { quay, quayAccount, zone } from '../../support/exporter-core.ts'

const everything: Selection = { accounts: [], zones: [], excludeZones: [], shard: 0, totalShards: 1 }
const cdn = zone('cdn.example')

/* Computed apart, as FNV-1a over the id: a ledger is kept by the shard that counted it, so these must never move. */
const pinned: readonly (readonly [id: string, of2: number, of3: number, of16: number])[] = [
  ['023e105f4ecef8ad9ca31a8372d0c353', 1, 2, 5],
  ['9a7806061c88ada191ed06f989cc3dac', 1, 2, 5],
  ['f174e90afafe4643bbbc4a0ed4fc8415', 1, 1, 15],
  ['699d98642c564d2e855e9661899b7252', 0, 1, 14],
]

t.test('the shard of an id is the same in every version', async (t) => {
  for (const [id, ...shards] of pinned)
    t.same(
      [2, 3, 16].map((total) => shardOf(id, total)),
      shards,
      id,
    )
  t.equal(shardOf(pinned[0]?.[0] ?? '', 1), 0)
})

t.test('scopes are spread over all shards, and each is watched by exactly one', async (t) => {
  const zones = Array.from({ length: 600 }, (_, index) => zone(`zone-${index}.example`))
  const counts = [0, 1, 2].map(
    (shard) => zones.filter((one) => isSelected(one, { ...everything, shard, totalShards: 3 })).length,
  )
  for (const count of counts) t.ok(count > 150 && count < 250, `${count} of 600`)
  t.equal(
    counts.reduce((sum, count) => sum + count),
    600,
  )
})

t.test('ids and names choose accounts and zones, in any case', async (t) => {
  const chosen = (selection: Partial<Selection>) =>
    [quayAccount, cdn].map((scope) => isSelected(scope, { ...everything, ...selection }))
  t.same(chosen({}), [true, true])
  t.same(chosen({ accounts: ['QUAY'] }), [true, true], 'a zone goes with its account')
  t.same(chosen({ accounts: [quay.id.toUpperCase()] }), [true, true])
  t.same(chosen({ accounts: ['another'] }), [false, false])
  t.same(chosen({ zones: ['CDN.example'] }), [true, true], 'a filter of zones says nothing of accounts')
  t.same(chosen({ zones: ['another.example'] }), [true, false])
  t.same(chosen({ excludeZones: ['cdn.example'] }), [true, false])
  t.same(chosen({ zones: ['cdn.example'], excludeZones: ['cdn.example'] }), [true, false])
})

t.test('what looks like an id can be watched without being listed', async (t) => {
  t.same(namedIds([quay.id.toUpperCase(), 'quay', `${quay.id}0`]), [quay.id])
})
