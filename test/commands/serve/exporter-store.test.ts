import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openStore } from '../../../src/commands/serve/exporter-store.ts'
import { allSettings, defaultsOf } from '../../../src/settings/exporter-settings.ts'
import { loadSqlite } from '../../../src/store/sqlite-driver.ts'
import { ledgerPath } from '../../support/ledger-store.ts'
import { logSink } from '../../support/log-sink.ts'

/** A clock that waits for nothing. */
const start = Date.UTC(2026, 10, 24)
let now = start
const clock = { now: () => now, monotonic: () => now, sleep: async () => {} }

function opened(statePath: string) {
  const log = logSink()
  const settings = { ...defaultsOf(allSettings), statePath }
  return { log, opening: openStore(settings, { clock, random: () => 0, log }) }
}

t.test('only in memory, nothing is written anywhere', async (t) => {
  const { opening, log } = opened(':memory:')
  const store = await opening
  await store.put('a', 1)
  t.equal(store.health().persistent, false)
  await store.close()
  t.same(log.lines, [])
})

t.test('the folder of a ledger is made', async (t) => {
  const path = join(ledgerPath(t), 'of', 'its', 'own.db')
  const { opening, log } = opened(path)
  const store = await opening
  await store.put('a', 1)
  t.match(store.health(), { persistent: true, writes: 1, failures: 0 })
  await store.close()
  t.ok(existsSync(path))
  t.same(log.lines, [])
})

t.test('that the ledger cannot be written is logged once, and once that it can again', async (t) => {
  const path = ledgerPath(t)
  const { opening, log } = opened(path)
  // The folder was looked at; before the file is opened it is gone.
  rmSync(join(path, '..'), { recursive: true })
  const store = await opening
  await store.put('a', 1)
  await store.put('a', 2)
  t.match(log.taken(), [
    {
      level: 'error',
      message: 'cannot write the ledger; counts are kept in memory only',
      path,
      reason: /no such file|unable to open/,
    },
  ])
  t.equal(log.lines.length, 1)
  mkdirSync(join(path, '..'))
  now += 60_000
  await store.put('a', 3)
  t.same(log.taken(), [{ level: 'info', message: 'writing the ledger works again', path }])
  t.equal(store.get('a'), 3)
  await store.close()
})

t.test('a damaged ledger is kept aside, and the log says where', async (t) => {
  const path = ledgerPath(t)
  writeFileSync(path, 'no ledger at all\n'.repeat(500))
  const { opening, log } = opened(path)
  const store = await opening
  const [line] = log.taken()
  t.match(line, {
    level: 'error',
    path,
    reason: /\w+/,
    message: 'the ledger file is damaged; it is kept aside, and counting starts again in a new one',
  })
  const keptAt = line !== undefined && 'kept_at' in line ? String(line.kept_at) : ''
  t.ok(keptAt !== path && existsSync(keptAt), keptAt)
  await store.close()
})

t.test('records that are damaged are named in the log', async (t) => {
  const path = ledgerPath(t)
  const whole = await opened(path).opening
  await whole.put('ledger:zone:1', { uploads: 1234 })
  await whole.close()
  const database = (await loadSqlite())(path)
  database.exec(`UPDATE record SET value = '{"uploads":1235}'`)
  database.close()
  const { opening, log } = opened(path)
  const store = await opening
  t.match(log.taken(), [
    {
      level: 'error',
      path,
      keys: ['ledger:zone:1'],
      message: 'records of the ledger are damaged; their scopes start from zero',
    },
  ])
  await store.close()
})
