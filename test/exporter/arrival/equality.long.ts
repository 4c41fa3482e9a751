import t from 'tap'
import { equalityAt } from '../../support/arrival-equality.ts'
import { logStoreKinds } from '../../support/log-stores.ts'

t.setTimeout(7_200_000)

for (const kind of logStoreKinds)
  t.test(`${kind}: a day of files over 20 kills, difference 0`, async (t) => {
    const found = await equalityAt(kind, { minutes: 1_440, everyMinutes: 4, kills: 20 })
    const { pushed, counted, lateFiles, kills, looks, calls } = found
    t.ok(pushed.files > 2_500)
    t.equal(kills, 20)
    t.same(found.inStore, pushed)
    t.same(counted, pushed)
    t.comment(
      `${kind}: ${pushed.files} files and ${pushed.bytes} bytes pushed, in the store and counted; ` +
        `${lateFiles} late, ${kills} kills, ${calls} calls in ${looks} looks`,
    )
  })
