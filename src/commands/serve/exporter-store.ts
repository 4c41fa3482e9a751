import type { RecordStore } from '../../ports/record-store.ts'
import type { Clock, Log, Random } from '../../ports/runtime.ts'
import { defer } from '../../runtime/defer.ts'
import { prepareStateFolder } from '../../runtime/state-folder.ts'
import type { Settings } from '../../settings/exporter-settings.ts'
import { createMemoryStore } from '../../store/memory-store.ts'

/**
 * The store that the settings name. What happens to the file is told in the log.
 * @throws UserError when there can be no file at `--state.path`, or another process holds it.
 */
export async function openStore(
  settings: Settings,
  deps: { readonly clock: Clock; readonly random: Random; readonly log: Log },
): Promise<RecordStore> {
  const { statePath: path } = settings
  if (path === ':memory:') return createMemoryStore()
  prepareStateFolder(path)
  const { openSqliteStore } = await import('../../store/sqlite-store.ts')
  const { log } = deps
  return openSqliteStore({
    path,
    ...deps,
    defer,
    reports: {
      trouble(reason) {
        if (reason === null) log.info({ path }, 'writing the ledger works again')
        else log.error({ path, reason }, 'cannot write the ledger; counts are kept in memory only')
      },
      replaced: ({ reason, keptAt }) =>
        log.error(
          { path, reason, kept_at: keptAt },
          'the ledger file is damaged; it is kept aside, and counting starts again in a new one',
        ),
      damagedRecords: (keys) =>
        log.error({ path, keys }, 'records of the ledger are damaged; their scopes start from zero'),
    },
  })
}
