import type { RecordStore } from '../../ports/record-store.ts'
import type { Clock, Log } from '../../ports/runtime.ts'
import { createMemoryStore } from '../../runtime/memory-store.ts'
import { prepareStateFolder } from '../../runtime/state-folder.ts'
import type { Settings } from '../../settings/exporter-settings.ts'

/**
 * The store that the settings name. What happens to the file is told in the log.
 * @throws UserError when there can be no file at `--state.path`, or another process holds it.
 */
export async function openStore(
  settings: Settings,
  deps: { readonly clock: Clock; readonly log: Log; readonly pid: number },
): Promise<RecordStore> {
  if (settings.statePath === ':memory:') return createMemoryStore()
  prepareStateFolder(settings.statePath)
  const { openLmdbStore } = await import('../../runtime/lmdb-store.ts')
  return openLmdbStore({
    path: settings.statePath,
    pid: deps.pid,
    now: deps.clock.now,
    onTrouble: (trouble) => {
      if (trouble === null) deps.log.info({ path: settings.statePath }, 'writing the ledger works again')
      else
        deps.log.error(
          { path: settings.statePath, reason: trouble },
          'cannot write the ledger; counts are kept in memory only',
        )
    },
  })
}
