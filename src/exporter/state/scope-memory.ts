/* What is kept of each scope over restarts, as records in the store: its ledger, and its jobs. */

import type { JobState } from '../../domain/job/job-state.ts'
import { scopeFromRecord } from '../../domain/job/stored-job.ts'
import { beginLedger, type Ledger } from '../../domain/ledger/ledger.ts'
import { ledgerFromRecord, ledgerToRecord } from '../../domain/ledger/stored-ledger.ts'
import { isObject } from '../../domain/plain-value.ts'
import { accountOf, type Scope, type ScopeKey, scopeKey } from '../../domain/scope.ts'
import { type EpochMs, minuteOf } from '../../domain/time.ts'
import { type RecordStore, replacedKey } from '../../ports/record-store.ts'
import type { Log } from '../../ports/runtime.ts'

export interface ScopeMemoryDeps {
  readonly log: Log
  readonly now: () => EpochMs
  readonly revisionWindowMs: () => number
}

/** How long a scope that is not listed is remembered: it may come back, with its counts. */
const forgetAfterMs = 30 * 86_400_000

/** Scopes that are first read so soon after the store began anew had been in the old one. */
const replacedForMs = 3_600_000

export type ScopeMemory = ReturnType<typeof createScopeMemory>

export function createScopeMemory(store: RecordStore, deps: ScopeMemoryDeps) {
  const { log, now } = deps
  const read = <T>(key: string, parse: (record: unknown) => T | null): T | null => {
    const record = store.get(key)
    if (record === undefined) return null
    const value = parse(record)
    // Counting from zero would be wrong in silence; it is wrong aloud.
    if (value === null) log.error({ key }, 'a ledger record is damaged; this scope starts from zero')
    return value
  }
  const replaced = store.get(replacedKey)
  /**
   * After a damaged ledger, a scope is read on from the moment when the old one was last written. The minutes that
   * were open then cannot be corrected any more: they are a gap.
   */
  const restarted = (): Ledger | null => {
    if (!isObject(replaced) || typeof replaced.writtenAt !== 'number' || typeof replaced.at !== 'number')
      return null
    if (now() - replaced.at > replacedForMs) return null
    return { ...beginLedger(minuteOf(replaced.writtenAt)), gapSeconds: deps.revisionWindowMs() / 1000 }
  }
  return {
    /** Null for a scope that was never read. */
    ledger: (key: ScopeKey): Ledger | null => read(`ledger:${key}`, ledgerFromRecord) ?? restarted(),
    /** Resolves when a crash can no longer lose it. */
    saveLedger: (key: ScopeKey, ledger: Ledger): Promise<void> =>
      store.put(`ledger:${key}`, ledgerToRecord(ledger)),
    /** The same for several, in one atomic write. */
    saveLedgers: (ledgers: readonly (readonly [ScopeKey, Ledger])[]): Promise<void> =>
      store.putAll(ledgers.map(([key, ledger]) => [`ledger:${key}`, ledgerToRecord(ledger)])),
    async saveJobs(scope: Scope, jobs: Iterable<JobState>): Promise<void> {
      const account = accountOf(scope)
      await store.put(`scope:${scopeKey(scope)}`, {
        kind: scope.kind,
        id: scope.id,
        name: scope.name,
        accountId: account.id,
        accountName: account.name,
        jobs: [...jobs],
      })
    },
    /** All scopes remembered from earlier, with their jobs. */
    scopes: () => store.keys('scope:').flatMap((key) => read(key, scopeFromRecord) ?? []),
    /** The scopes that exist now, by a complete listing: one that is gone for 30 days is forgotten. */
    async seen(keys: ReadonlySet<string>): Promise<void> {
      const marks = new Set(store.keys('gone:'))
      const writes: Promise<void>[] = []
      for (const key of rememberedKeys(store)) {
        const mark = `gone:${key}`
        if (keys.has(key)) {
          if (marks.has(mark)) writes.push(store.remove(mark))
          continue
        }
        const since = marks.has(mark) ? store.get(mark) : undefined
        if (typeof since !== 'number') writes.push(store.put(mark, now()))
        else if (now() - since >= forgetAfterMs)
          writes.push(...[mark, `scope:${key}`, `ledger:${key}`].map(store.remove))
      }
      await Promise.all(writes)
    },
  }
}

function rememberedKeys(store: RecordStore): ReadonlySet<string> {
  return new Set(
    ['scope:', 'ledger:'].flatMap((prefix) => store.keys(prefix).map((key) => key.slice(prefix.length))),
  )
}
