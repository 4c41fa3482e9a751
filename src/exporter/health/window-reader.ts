/*
 * Reads one window of some scopes and enters it in their ledgers. In this order: read everything that the window
 * has, work out the new ledgers, save them, and only then show them.
 */

import type { Caller } from '../../access/caller.ts'
import { newestMinutes, safeLimits, settledBefore } from '../../domain/ledger/window.ts'
import { type Scope, scopeKey } from '../../domain/scope.ts'
import { type EpochMinute, minuteMs } from '../../domain/time.ts'
import type { ApiFailure } from '../../errors.ts'
import { noteUnreadable } from '../state/unreadable-objects.ts'
import type { Batch } from './health-batch.ts'
import type { HealthDeps } from './health-deps.ts'
import { completeRows, type HealthReader } from './health-read.ts'
import { chooseWindow, isLastWindow, type ScopeToRead, type WindowRules } from './health-window.ts'
import { createWindowEntry } from './window-entry.ts'

/** A window that was read. */
export interface WindowDone {
  /** The scopes that were read, and how many rows each had, by scope id. */
  readonly read: readonly Scope[]
  readonly rows: ReadonlyMap<string, number>
  /** The scopes of which the answer had nothing that can be counted. */
  readonly failed: readonly (readonly [Scope, ApiFailure])[]
  /** Where the window began. */
  readonly from: EpochMinute
  /** Where the window ended; null when it was the last. */
  readonly next: EpochMinute | null
}

/** `from`: where the window before it in this cycle ended; null for the first. */
export type WindowReader = (call: Caller, batch: Batch, from: EpochMinute | null) => Promise<WindowDone>

/** In one answer, of all its scopes: some 20 MB. A scope that has more than its share is asked in parts. */
const maxRows = 50_000

export function createWindowReader(deps: HealthDeps): WindowReader {
  const { state, server, clock } = deps
  const enter = createWindowEntry(deps)

  const rules = (): Omit<WindowRules, 'whole'> => ({
    revisionMinutes: Math.ceil(deps.settings().revisionWindowMs / minuteMs),
    newestMinutes,
    initialLookbackMs: deps.settings().initialLookbackMs,
  })

  const toRead = async (scope: Scope): Promise<ScopeToRead> => {
    await deps.turns.toBegin()
    const key = scopeKey(scope)
    return { scope, limits: state.scope(key)?.limits ?? safeLimits, ledger: deps.memory.ledger(key) }
  }

  return async (call, { scopes, whole, pageSize, fields }, from) => {
    const limit = Math.min(pageSize, Math.ceil(maxRows / scopes.length))
    // The window is chosen when the turn comes, which may take minutes: the query asks for the newest minute.
    const { chosen, own, answer } = await call.read(async (options) => {
      const known: ScopeToRead[] = []
      for (const scope of scopes) known.push(await toRead(scope))
      const own = clock.now()
      const chosen = chooseWindow(known, from, server.now(), { ...rules(), whole })
      const answer = await deps.api.readHealth({ scopes, ...chosen.window, limit, fields }, options)
      return { chosen, own, answer }
    })
    const { window } = chosen
    const reader: HealthReader = {
      ask: (query) => call.read((options) => deps.api.readHealth(query, options)),
      onSplit: () => deps.self.windowSplit(),
    }
    const { rows, failures, strays, date } = await completeRows(reader, answer, {
      scopes,
      window,
      limit,
      fields,
      jobs: null,
    })
    const now = Math.min(own, chosen.now, date ?? Number.POSITIVE_INFINITY)
    const settled = settledBefore(now, rules())
    const read = { window, isLast: isLastWindow(chosen), rows, now, settledBefore: settled }
    const good = chosen.ledgers.filter(({ scope }) => !failures.has(scope.id))
    await enter(good, read)
    for (const scope of scopes) {
      const { account, zone } = state.scope(scopeKey(scope))?.labels ?? { account: '', zone: '' }
      const found = failures.get(scope.id)?.unreadable ?? strays?.get(scope.id) ?? []
      noteUnreadable({ kind: 'row', of: scopeKey(scope), found, fields: { account, zone } }, deps)
    }
    return {
      read: good.map(({ scope }) => scope),
      rows: new Map([...rows].map(([id, { length }]) => [id, length])),
      failed: scopes.flatMap((scope) => {
        const failed = failures.get(scope.id)
        return failed === undefined ? [] : [[scope, failed.failure] as const]
      }),
      from: window.from,
      next: read.isLast ? null : window.to,
    }
  }
}
