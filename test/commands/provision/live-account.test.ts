import t from 'tap'
import { readLive } from '../../../src/commands/provision/transfer.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { exitCode } from '../../../src/errors.ts'
import { aCaller } from '../../support/callers.ts'
import { createFakeCloudflare } from '../../support/fake-cloudflare.ts'
import { account, zone } from '../../support/provision-values.ts'

/* Which account, and what of it, `export` and `import` read. */

const quay = { id: account.id, name: 'Quay' }
const other = { id: 'b'.repeat(32), name: 'Other' }
const third = { id: 'c'.repeat(32), name: 'Third' }

async function live(
  chosen: {
    readonly accounts?: readonly string[]
    readonly zones?: readonly string[]
    readonly not?: string
  },
  accounts = [quay, other, third],
) {
  const fake = createFakeCloudflare({ accounts, zones: [zone] })
  const conf = { destinationConf: new Secret('gs://quay-logs') }
  fake.addJob(account, { name: 'of-account', dataset: 'audit_logs', ...conf })
  fake.addJob(zone, { name: 'of-zone', dataset: 'http_requests', ...conf })
  const { directory, jobs, notifications } = fake
  const planning = { directory, jobs, notifications, call: aCaller(), parallel: 1 }
  const { accounts: named = [quay.name], zones = [], not } = chosen
  const excludeZones = not === undefined ? [] : [not]
  const portable = await readLive({ planning }, { accounts: named, zones, excludeZones })
  return portable.jobs.map(({ resource }) => resource.name)
}

t.test('account and zones are named by name or id, in any case', async (t) => {
  const both = ['of-account', 'of-zone']
  for (const name of ['Quay', 'QUAY', quay.id, quay.id.toUpperCase()])
    t.strictSame((await live({ accounts: [name] })).sort(), both, name)
  t.strictSame((await live({ accounts: [] }, [quay])).sort(), both, 'an only one needs no name')
  for (const name of [zone.name.toUpperCase(), zone.id.toUpperCase()]) {
    t.strictSame(await live({ zones: [name] }), ['of-zone'], 'of zones that are named, no job of the account')
    t.strictSame(await live({ not: name }), ['of-account'])
    t.strictSame(await live({ zones: [zone.id], not: name }), [])
  }
  t.strictSame(await live({ zones: ['elsewhere.example'] }), [])
})

t.test('none or several are refused with those that are in question', async (t) => {
  const refused = (rest: string) => ({
    message: `--cloudflare.accounts: expected exactly one account, since a manifest covers one; ${rest}`,
    exitCode: exitCode.usage,
  })
  const [a, b, c] = [quay, other, third].map(({ id, name }) => `${name} (${id})`)
  await t.rejects(live({ accounts: [] }), refused(`found 3. The token sees ${a}, ${b}, ${c}`))
  await t.rejects(live({ accounts: ['Quay', other.id] }), refused(`found 2. The token sees ${a}, ${b}`))
  await t.rejects(live({ accounts: ['Nobody'] }), refused(`found 0. The token sees ${a}, ${b}, ${c}`))
  await t.rejects(live({ accounts: [] }, []), refused('found 0. The token sees none'))
})
