import t from 'tap'
import { theAccount } from '../../../src/commands/provision/the-account.ts'
import type { Account } from '../../../src/domain/scope.ts'
import { exitCode } from '../../../src/errors.ts'
import { aCaller } from '../../support/callers.ts'
import { createFakeCloudflare } from '../../support/fake-cloudflare.ts'

/* The one account that `fields` and `pagerduty` work on. */

const quay: Account = { id: 'a'.repeat(32), name: 'Quay' }
const staging: Account = { id: 'b'.repeat(32), name: 'Staging' }

async function chosen(named: readonly string[], ...accounts: readonly Account[]) {
  const { directory, calls } = createFakeCloudflare({ accounts })
  const account = await theAccount(named, { rest: directory, call: aCaller() })
  return { account, calls }
}

t.test('an only account needs no name; of several, one is named exactly', async (t) => {
  t.strictSame((await chosen([], quay)).account, quay)
  t.strictSame((await chosen(['Staging'], quay, staging)).account, staging)
})

t.test('an id is taken as it is, without looking', async (t) => {
  const { account, calls } = await chosen([staging.id], quay)
  t.strictSame(account, { id: staging.id, name: '' })
  t.strictSame(calls, [])
  for (const almost of [`${staging.id}b`, `x${staging.id}`, staging.id.toUpperCase()])
    await t.rejects(chosen([almost], quay), /select one of the accounts/, almost)
})

t.test('what names no account, or more than one, is refused with the accounts there are', async (t) => {
  const seen = '--cloudflare.accounts: select one of the accounts that the token sees:'
  const refused = (message: string) => ({ message, exitCode: exitCode.usage })
  await t.rejects(chosen([], quay, staging), refused(`${seen} Quay, Staging`))
  await t.rejects(chosen(['Nobody'], quay), refused(`${seen} Quay`))
  await t.rejects(chosen([]), refused(`${seen} none`))
  const twin = { ...staging, name: 'Quay' }
  await t.rejects(chosen(['Quay'], quay, twin), refused(`${seen} Quay, Quay`))
  await t.rejects(
    chosen(['Quay', 'Staging'], quay, staging),
    refused('--cloudflare.accounts: select one account'),
  )
})
