import t from 'tap'
import { equalityAt } from '../../support/arrival-equality.ts'
import { logStoreKinds } from '../../support/log-stores.ts'

/* Forty minutes; a whole day is `equality.long.ts`. */
for (const kind of logStoreKinds)
  t.test(`${kind}: files and bytes pushed, in the store and counted are the same, over kills`, async (t) => {
    const found = await equalityAt(kind, { minutes: 40, everyMinutes: 8, kills: 4 })
    t.ok(found.pushed.files > 60, `${found.pushed.files} files`)
    t.ok(found.lateFiles > 0, `${found.lateFiles} of them late`)
    t.equal(found.kills, 4)
    t.same(found.inStore, found.pushed)
    t.same(found.counted, found.pushed)
  })
