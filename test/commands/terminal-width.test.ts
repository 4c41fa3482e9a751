import t from 'tap'
import { columnsOf } from '../../src/commands/terminal-width.ts'

t.test('a terminal is as wide as it says; one that does not say, or says 0, has 80 columns', async (t) => {
  t.equal(columnsOf({ columns: 132 }), 132)
  for (const silent of [{}, { columns: 0 }, { columns: undefined }, { columns: '132' }])
    t.equal(columnsOf(silent), 80)
})
