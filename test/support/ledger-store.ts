import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defer } from '../../src/runtime/defer.ts'
import { createSystemClock } from '../../src/runtime/system-clock.ts'
import type { SqliteStoreDeps } from '../../src/store/sqlite-store.ts'

type Ends = { teardown(end: () => void): unknown }

/** The path of a ledger in a folder of its own. */
export function ledgerPath(t: Ends): string {
  const folder = mkdtempSync(join(tmpdir(), 'store-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'ledger.db')
}

/** What a store is opened with, and what it reports. */
export function storeDeps(
  path: string,
  edit: Partial<SqliteStoreDeps> = {},
): SqliteStoreDeps & { readonly said: readonly string[] } {
  const said: string[] = []
  return {
    path,
    clock: createSystemClock(),
    random: () => 0,
    defer,
    reports: {
      trouble: (reason) => said.push(reason === null ? 'works again' : `trouble: ${reason}`),
      replaced: ({ reason, keptAt }) => said.push(`replaced: ${reason}: ${keptAt}`),
      damagedRecords: (keys) => said.push(`damaged records: ${keys.join(' ')}`),
    },
    ...edit,
    said,
  }
}
