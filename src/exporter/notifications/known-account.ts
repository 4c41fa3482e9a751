import type { NotificationEvent } from '../../domain/notification/notification-event.ts'
import { accountOf } from '../../domain/scope.ts'
import type { ScopeState } from '../state/scope-state.ts'

/** The account a notification is about: the one it names if that is watched, else its job's, else the only one there is. */
export function knownAccount(
  scopes: Iterable<ScopeState>,
  { accountId, jobIds }: Pick<NotificationEvent, 'accountId' | 'jobIds'>,
): string | null {
  const accounts = new Set<string>()
  let ofJob: string | null = null
  for (const { scope, jobs } of scopes) {
    const { id } = accountOf(scope)
    accounts.add(id)
    if (jobIds.some((job) => jobs.has(job))) ofJob ??= id
  }
  // Before anything is known, it is taken at its word.
  if (accountId !== null && (accounts.size === 0 || accounts.has(accountId))) return accountId
  if (ofJob !== null) return ofJob
  const [only] = accounts
  return accountId === null && accounts.size === 1 && only !== undefined ? only : null
}
