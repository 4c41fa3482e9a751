/*
 * Tries everything that the exporter will ask of Cloudflare, once: the token itself, accounts, zones, and for
 * each scope its jobs, its health, the notification policies and the audit log. Nothing is written.
 */

import { type Attempted, attempt } from '../../access/attempt.ts'
import type { Caller } from '../../access/caller.ts'
import { summarise } from '../../domain/job/job-summary.ts'
import { jobDisabledAlert } from '../../domain/notification/notification.ts'
import {
  type Account,
  accountOf,
  type Scope,
  scopeKey,
  scopeTitle,
  type ZoneScope,
} from '../../domain/scope.ts'
import { isTransient } from '../../errors.ts'
import { collectAccounts } from '../../exporter/inventory/account-scopes.ts'
import { isSelected, namedIds, type Selection } from '../../exporter/inventory/selection.ts'
import { unmatchedSelectors } from '../../exporter/inventory/unmatched-selectors.ts'
import type { AuditApi } from '../../ports/audit-log.ts'
import type { DirectoryApi, JobsApi, TokenApi } from '../../ports/cloudflare.ts'
import type { Listing } from '../../ports/listing.ts'
import type { NotificationsApi } from '../../ports/notifications.ts'
import type { ScopeJobs } from './check-arrival.ts'
import type { CheckFacts, ProbedScope, TokenFacts } from './check-facts.ts'
import { type HealthProbe, probeHealth } from './check-health.ts'
import type { UnreadableReport } from './report-shape.ts'

export interface CheckProbe extends HealthProbe {
  readonly rest: DirectoryApi &
    TokenApi &
    AuditApi &
    Pick<JobsApi, 'listJobs'> &
    Pick<NotificationsApi, 'listPolicies'>
  readonly call: Caller
  readonly selection: Selection
  /** Tries the destinations of the jobs; null without rules for it. */
  readonly arrival: (scopes: readonly ScopeJobs[]) => Promise<CheckFacts['arrival']>
  /** What was left of each budget, as last heard. */
  readonly budget: () => CheckFacts['budget']
  readonly progress: (text: string) => void
}

/** Each scope costs a request or two; beyond this many a sample of them must do. */
const maxScopes = 100
/** Accounts that are asked whether the token is theirs. */
const maxOwners = 20

/**
 * All facts. Without a network nothing else would be any better, so that is thrown as it is; so is what fails in a
 * way that says nothing about the token, when nothing can be listed either. The verification itself is only advice.
 */
export async function probeAll(probe: CheckProbe): Promise<CheckFacts> {
  const user = await attempt(() => probe.call.read((options) => probe.rest.verifyToken(null, options)))
  if (!user.ok && ['network', 'timeout'].includes(user.failure.kind)) throw user.failure
  const unreadable: UnreadableReport[] = []
  const accounts = await listed('account', '', unreadable, () =>
    probe.call.all((page, options) => probe.rest.listAccounts(page, options)),
  )
  const zones = await listed('zone', '', unreadable, () =>
    probe.call.all((page, options) => probe.rest.listZones({ page }, options)),
  )
  if (!user.ok && [user, accounts, zones].every((trial) => !trial.ok && isTransient(trial.failure.kind)))
    throw user.failure
  const scopes = knownScopes(probe.selection, accounts, zones)
  const token: Attempted<TokenFacts> = user.ok
    ? { ok: true, value: { accountId: null, status: user.value } }
    : ((await ownedToken(probe, scopes)) ?? user)
  const chosen = sample(scopes)
  probe.progress(`Checking ${chosen.length} of ${scopes.length} accounts and zones`)
  const [health, facts] = await Promise.all([
    probeHealth(probe, chosen),
    Promise.all(chosen.map((scope) => probeScope(probe, scope, unreadable))),
  ])
  return {
    token,
    accounts: counted(accounts),
    zones: counted(zones),
    scopes: facts.flatMap((fact) => {
      const trial = health.get(scopeKey(fact.scope))
      const { found: _, ...rest } = fact
      return trial === undefined ? [] : [{ ...rest, health: trial }]
    }),
    unmatched: unmatchedSelectors(probe.selection, {
      accounts: accounts.ok ? accounts.value : null,
      zones: zones.ok ? zones.value : null,
    }),
    unreadable,
    notChecked: scopes.length - chosen.length,
    arrival: await probe.arrival(facts.map(({ scope, found }) => ({ scope, jobs: found }))),
    budget: probe.budget(),
  }
}

async function probeScope(
  probe: CheckProbe,
  scope: Scope,
  unreadable: UnreadableReport[],
): Promise<ProbedScope> {
  const title = scopeTitle(scope)
  const jobs = await listed('job', title, unreadable, () =>
    probe.call.read((options) => probe.rest.listJobs(scope, options)),
  )
  const found = jobs.ok ? jobs.value.map(summarise) : []
  const known = { scope, jobs: counted(jobs), found }
  if (scope.kind === 'zone') return { ...known, policies: null, audit: null }
  const policies = await listed('policy', title, unreadable, async () => {
    const all = await probe.call.read((options) => probe.rest.listPolicies(scope.id, options))
    const warns = all.items.filter(({ alertType, enabled }) => alertType === jobDisabledAlert && enabled)
    return { ...all, items: warns }
  })
  const before = probe.clock.now()
  const lastMinute = { since: before - 60_000, before, cursor: null }
  const audit = await attempt(() =>
    probe.call.read((options) => probe.rest.listAuditLog(scope.id, lastMinute, options)),
  )
  return { ...known, policies: counted(policies), audit }
}

/** Asks the accounts that we know of whether the token is one of theirs. Null when it is nobody's. */
async function ownedToken(
  probe: CheckProbe,
  scopes: readonly Scope[],
): Promise<Attempted<TokenFacts> | null> {
  const ids = [...new Set(scopes.map((scope) => accountOf(scope).id))].filter((id) => id !== '')
  for (const accountId of ids.slice(0, maxOwners)) {
    const owned = await attempt(() =>
      probe.call.read((options) => probe.rest.verifyToken(accountId, options)),
    )
    if (owned.ok) return { ok: true, value: { accountId, status: owned.value } }
  }
  return null
}

/** Accounts first, then zones: those listed, those named by id, and the accounts of zones. */
function knownScopes(
  selection: Selection,
  accounts: Attempted<readonly Account[]>,
  zones: Attempted<readonly ZoneScope[]>,
): readonly Scope[] {
  const listedZones = zones.ok ? zones.value : []
  const unlisted = namedIds(selection.zones).filter((id) => listedZones.every((zone) => zone.id !== id))
  const owners = collectAccounts({
    listed: accounts,
    known: [],
    zones: listedZones,
    selected: selection.accounts,
  })
  const known = new Map<string, Scope>()
  const add = (scope: Scope) => {
    if (!known.has(scopeKey(scope)) && isSelected(scope, selection)) known.set(scopeKey(scope), scope)
  }
  for (const scope of [...owners, ...listedZones]) add(scope)
  for (const id of unlisted) add({ kind: 'zone', id, name: id, account: { id: '', name: '' } })
  return [...known.values()]
}

/** At most so many, spread evenly over all. */
function sample(scopes: readonly Scope[]): readonly Scope[] {
  const count = Math.min(scopes.length, maxScopes)
  const at = (index: number): number => Math.floor((index * scopes.length) / count)
  return Array.from({ length: count }, (_, index) => scopes[at(index)]).filter((scope) => scope !== undefined)
}

/** What could be read of a list; the rest is reported into `unreadable`. */
function listed<T>(
  kind: UnreadableReport['kind'],
  scope: string,
  unreadable: UnreadableReport[],
  read: () => Promise<Listing<T>>,
): Promise<Attempted<readonly T[]>> {
  return attempt(async () => {
    const { items, unreadable: found } = await read()
    for (const { id, name, field, leftOut } of found)
      unreadable.push({ kind, scope, id, name, field, left_out: leftOut })
    return items
  })
}

function counted(trial: Attempted<readonly unknown[]>): Attempted<number> {
  return trial.ok ? { ok: true, value: trial.value.length } : trial
}
