import t from 'tap'
import { ledgerProperty } from '../../support/ledger-property.ts'
import { holds } from '../../support/property.ts'

/*
 * The property of ledger.test.ts, a hundred times as often.
 */

t.test(
  'totals equal the source in forty thousand histories of failures, restarts and late rows',
  async (t) => {
    const tally = { reads: 0, kills: 0 }
    holds(t, ledgerProperty(tally), 20_000)
    t.ok(tally.reads > 100_000 && tally.kills > 50_000, `${tally.reads} reads, ${tally.kills} kills`)
  },
)
