/*
 * `--state.path=postgresql://…`: one of several processes that share a database. Each shard is run by the one that
 * holds its lock; the others stand by, answering for themselves, and take over. Loaded only with PostgreSQL.
 */
import { createListeners } from '../../http/listeners.ts'
import { defer } from '../../runtime/defer.ts'
import { reloadedSettings } from '../../settings/exporter-rules.ts'
import type { Settings } from '../../settings/exporter-settings.ts'
import { createMemoryStore } from '../../store/memory-store.ts'
import {
  createShardWaiter,
  type Lease,
  type LeaseDeps,
  type ShardWaiter,
} from '../../store/postgres-lease.ts'
import { createExporter, type Exporter, type ExporterDeps } from './exporter.ts'

export async function createReplica(
  settings: Settings,
  deps: ExporterDeps & { readonly hostname: string },
  openWaiter: (claim: LeaseDeps) => ShardWaiter = createShardWaiter,
): Promise<Pick<Exporter, 'listen' | 'run' | 'reload'>> {
  const { shard, totalShards } = settings
  const { clock, random, log } = deps
  const waiter = openWaiter({
    address: settings.statePath,
    totalShards,
    shards: shard === 'auto' ? Array.from({ length: totalShards }, (_, index) => index) : [shard],
    holder: `${deps.hostname} ${deps.pid}`,
    clock,
    random,
    log,
    defer,
  })
  /** As another part of the work: the shard that this process has or waits for is no change of `--shard`. */
  const rereadAs = (part: Settings['shard']): ExporterDeps['reread'] => {
    return async () => {
      const read = await deps.reread()
      if (!read.ok || read.settings.shard !== shard) return read
      return { ok: true, settings: { ...read.settings, shard: part } }
    }
  }
  // Without a shard of its own: that it waits for one does not mean that the shard is run.
  const standby = await createExporter(
    { ...settings, shard: 'auto' },
    {
      ...deps,
      reread: rereadAs('auto'),
      part: {
        standby: waiter.waitsFor,
        store: createMemoryStore(),
        leads: () => false,
        lost: new AbortController().signal,
      },
    },
  )
  let leading: { readonly lease: Lease; readonly exporter: Exporter } | null = null
  // Asked for each request: what a process knew of a shard that it has lost is not shown any more.
  const current = (): Exporter => (leading?.lease.held() === true ? leading.exporter : standby)
  const listeners = createListeners(
    (request, response) => current().http.app.routing(request, response),
    deps,
  )

  const lead = async (lease: Lease, stop: AbortSignal): Promise<void> => {
    const read = await deps.reread()
    // A reload may have changed them while this process stood by.
    const latest = read.ok ? reloadedSettings(settings, read.settings) : settings
    const exporter = await createExporter(
      { ...latest, shard: lease.shard },
      {
        ...deps,
        part: { standby: null, store: lease.store, leads: lease.held, lost: lease.lost },
        reread: rereadAs(lease.shard),
      },
    )
    leading = { lease, exporter }
    try {
      await exporter.run(stop)
    } finally {
      leading = null
    }
    if (!stop.aborted)
      log.error({ shard: lease.shard, reason: reasonOf(lease.lost) }, 'lost the shard; standing by')
  }

  return {
    listen: listeners.open,
    reload: () => current().reload(),
    async run(stop) {
      try {
        for (let lease = await waiter.next(stop); lease !== null; lease = await waiter.next(stop))
          await lead(lease, stop)
      } finally {
        await listeners.close(2_000)
      }
    },
  }
}

function reasonOf({ reason }: AbortSignal): string {
  return reason instanceof Error ? reason.message : 'unknown'
}
