import type { Attempted } from '../../access/attempt.ts'
import { type Account, type AccountScope, accountOf, type Scope } from '../../domain/scope.ts'
import { namedIds } from './selection.ts'

export interface AccountSources {
  readonly listed: Attempted<readonly Account[]>
  /** The accounts to go by where they cannot be listed. */
  readonly known: readonly AccountScope[]
  readonly zones: readonly Scope[]
  /** The user's filter: ids in it are accounts, listed or not. */
  readonly selected: readonly string[]
}

/** The accounts that are listed, that zones name or that the user gave by id; the first with a real name wins. */
export function collectAccounts({ listed, known, zones, selected }: AccountSources): readonly AccountScope[] {
  const wanted = namedIds(selected)
  const visible = listed.ok ? listed.value : known
  const byId = new Map<string, Account>()
  for (const { id, name } of [
    ...visible,
    ...zones.map(accountOf),
    ...wanted.map((id) => ({ id, name: id })),
  ]) {
    if (id === '') continue
    const found = byId.get(id)
    if (found === undefined || found.name === '' || found.name === found.id) byId.set(id, { id, name })
  }
  const isRefused = !listed.ok && ['forbidden', 'auth'].includes(listed.failure.kind)
  const seen = new Set([
    ...wanted,
    ...(isRefused ? [] : visible.filter((one) => !isUnlisted(one)).map(({ id }) => id)),
  ])
  return [...byId.values()].map((account) => ({
    kind: 'account',
    ...account,
    ...(seen.has(account.id) ? {} : { unlisted: true as const }),
  }))
}

function isUnlisted(account: Account | AccountScope): boolean {
  return 'unlisted' in account && account.unlisted === true
}
