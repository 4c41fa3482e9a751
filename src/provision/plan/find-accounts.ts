import type { Caller } from '../../access/caller.ts'
import { quoted } from '../../domain/positioned.ts'
import type { AccountScope } from '../../domain/scope.ts'
import type { DirectoryApi } from '../../ports/cloudflare.ts'
import type { AccountName } from '../manifest/place.ts'
import { errorAt, type Problem } from '../resource/problem.ts'
import { nearNamed } from './findings.ts'
import type { OnPlanning } from './planning-event.ts'

export interface LocateDeps {
  readonly directory: DirectoryApi
  readonly call: Caller
  readonly onPlanning?: OnPlanning
}

export function accountKey({ by, text }: AccountName): string {
  return `${by} ${text}`
}

/**
 * The accounts that a manifest names, by key. One given by id is taken as it is, unless it is among `named`: then
 * its name is needed.
 * @throws ApiFailure when the list is needed and cannot be had.
 */
export async function findAccounts(
  names: readonly AccountName[],
  named: readonly AccountName[],
  { directory, call }: LocateDeps,
  problems: Problem[],
): Promise<ReadonlyMap<string, AccountScope>> {
  const found = new Map<string, AccountScope>()
  const needsName = new Set(named.map(accountKey))
  for (const name of names) {
    if (name.by === 'id' && !needsName.has(accountKey(name))) {
      found.set(accountKey(name), { kind: 'account', id: name.text, name: '' })
    }
  }
  const missing = names.filter((name) => !found.has(accountKey(name)))
  if (missing.length === 0) return found
  const listed = await call.all((page, options) => directory.listAccounts(page, options))
  const all = listed.items.map((account): AccountScope => ({ kind: 'account', ...account }))
  for (const name of missing) {
    const matches = all.filter((account) => account[name.by] === name.text)
    const [match] = matches
    if (match === undefined) problems.push(notFound(name, all))
    else if (matches.length === 1) found.set(accountKey(name), match)
    else {
      const message = `${matches.length} accounts are called ${quoted(name.written)}; use the id`
      problems.push(errorAt(name.origin, message))
    }
  }
  return found
}

function notFound({ by, written, origin }: AccountName, seen: readonly AccountScope[]): Problem {
  const hint = nearNamed(written, seen)
  const message =
    by === 'id'
      ? `the API token does not see the account ${quoted(written)}, so \${account} has no value; use account_id`
      : `the API token sees no account called ${quoted(written)}${hint}`
  return errorAt(origin, message)
}
