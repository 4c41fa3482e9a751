/* What is kept of each scope over restarts, as records in the store: its ledger, and its jobs. */

import type { JobState } from '../../domain/job/job-state.ts'
import { scopeFromRecord } from '../../domain/job/stored-job.ts'
import type { Ledger } from '../../domain/ledger/ledger.ts'
import { ledgerFromRecord, ledgerToRecord } from '../../domain/ledger/stored-ledger.ts'
import { accountOf, type Scope, type ScopeKey, scopeKey } from '../../domain/scope.ts'
import type { RecordStore } from '../../ports/record-store.ts'
import type { Log } from '../../ports/runtime.ts'

export interface ScopeMemory {
  ledger(key: ScopeKey): Ledger | null
  /** Resolves when a crash can no longer lose it. */
  saveLedger(key: ScopeKey, ledger: Ledger): Promise<void>
  saveJobs(scope: Scope, jobs: Iterable<JobState>): Promise<void>
  /** All scopes remembered from earlier, with their jobs. */
  scopes(): readonly { readonly scope: Scope; readonly jobs: readonly JobState[] }[]
  forget(key: ScopeKey): Promise<void>
}

export function createScopeMemory(store: RecordStore, log: Log): ScopeMemory {
  const read = <T>(key: string, parse: (record: unknown) => T | null): T | null => {
    const record = store.get(key)
    if (record === undefined) return null
    const value = parse(record)
    // Counting from zero would be wrong in silence; it is wrong aloud.
    if (value === null) log.error({ key }, 'a ledger record is damaged; this scope starts from zero')
    return value
  }
  return {
    ledger: (key) => read(`ledger:${key}`, ledgerFromRecord),
    saveLedger: (key, ledger) => store.put(`ledger:${key}`, ledgerToRecord(ledger)),
    async saveJobs(scope, jobs) {
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
    scopes: () =>
      store.keys('scope:').flatMap((key) => {
        const record = read(key, scopeFromRecord)
        if (record === null) return []
        const { kind, id, name, accountId, accountName, jobs } = record
        const account = { id: accountId, name: accountName }
        return [{ scope: kind === 'zone' ? { kind, id, name, account } : { kind, id, name }, jobs }]
      }),
    async forget(key) {
      await store.remove(`ledger:${key}`)
      await store.remove(`scope:${key}`)
    },
  }
}
