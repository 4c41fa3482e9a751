import t from 'tap'
import { exporterCell } from '../support/variant-cells.ts'
import { cellsOf, failuresOf, runCells, tableLines } from '../support/variant-table.ts'

/*
 * A slice of the variant table: at least one form of each endpoint, against each of the exporter, `check` and
 * `provision plan`. The whole of it: variant-table.long.ts.
 */

t.setTimeout(240_000)

const slice = [
  'envelope/short exporter',
  'envelope/nulls plan',
  'zones/unreadable exporter',
  'accounts/refused exporter',
  'zones/no-account check',
  'jobs/unreadable exporter',
  'jobs/refused-403 exporter',
  'jobs/odd-fields plan',
  'policies/unreadable plan',
  'ids/dashes-in-lists plan',
  'ids/dashes-in-policies plan',
  'eligible/by-kind plan',
  'alerts/flat plan',
  'destination/null plan',
  'history/object-body exporter',
  'graphql/max-null exporter',
  'graphql/outside exporter',
  'graphql/too-wide exporter',
  'graphql/no-path exporter',
  'graphql/no-permission check',
]

t.test('a form that nobody expects costs nothing but what it says itself', async (t) => {
  const results = await runCells(cellsOf(slice))
  for (const line of tableLines(results)) t.comment(line)
  t.strictSame(failuresOf(results), [])
  t.equal(results.length, slice.length)
})

t.test(
  'contrary: another form from call to call, and all is counted exactly, on time and unthrottled',
  async (t) => {
    t.strictSame(await exporterCell('contrary'), [])
  },
)
