import type { Account } from '../../domain/scope.ts'
import { UserError } from '../../errors.ts'
import type { DirectoryApi } from '../../ports/cloudflare.ts'
import type { Session } from './session.ts'

/* The one account that a verb works on. */

/** The account that is meant: the one that was named, or the only one that the token sees. */
export async function theAccount(
  named: readonly string[],
  { rest, call }: Pick<Session, 'call'> & { readonly rest: Pick<DirectoryApi, 'listAccounts'> },
): Promise<Account> {
  const [only] = named
  if (named.length > 1) throw new UserError('--cloudflare.accounts: select one account')
  if (only !== undefined && /^[0-9a-f]{32}$/.test(only)) return { id: only, name: '' }
  const { items: accounts } = await call.all((page, options) => rest.listAccounts(page, options))
  const found = only === undefined ? accounts : accounts.filter(({ name }) => name === only)
  const [account] = found
  if (account !== undefined && found.length === 1) return account
  const known = accounts.map(({ name }) => name).join(', ')
  throw new UserError(
    `--cloudflare.accounts: select one of the accounts that the token sees: ${known || 'none'}`,
  )
}
