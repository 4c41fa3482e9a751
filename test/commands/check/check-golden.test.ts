import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { UserError } from '../../../src/errors.ts'
import { startSimulator } from '../../../src/simulator/server.ts'
import type { VariantChoice } from '../../../src/simulator/variant/variants.ts'
import { allPermissions, type Permission } from '../../../src/simulator/world/permissions.ts'
import { accountScope, buildWorld, zoneScope } from '../../../src/simulator/world/world-builder.ts'
import type { TokenSpec } from '../../../src/simulator/world/world-spec.ts'
import { runCheck } from '../../support/run-check.ts'

/*
 * The whole output of `check` for ten tokens and plans, against the simulator over HTTP. The files are checked by
 * eye; UPDATE_GOLDEN=1 writes them again.
 */

const dayMs = 86_400_000

interface Case {
  readonly name: string
  /** Null: there is none. */
  readonly token: Partial<TokenSpec> | null
  readonly variants?: readonly VariantChoice[]
  /** Neither the account nor its zones have health data. */
  readonly freePlan?: boolean
}

const except = (...refused: readonly Permission[]): Partial<TokenSpec> => ({
  grants: allPermissions.filter((one) => !refused.includes(one)).map((permission) => ({ permission })),
})

const built = () => {
  const world = buildWorld(11)
  const account = world.account('Quay')
  const zone = world.zone('quay.example', account)
  const other = world.zone('cdn.example', account)
  return { world, account, zone, other }
}

const { zone: zoneId } = built()

const cases: readonly Case[] = [
  { name: 'good', token: {} },
  { name: 'read-only', token: except('logs_write', 'account_settings_write', 'notifications_write') },
  { name: 'no-pii', token: except('pii_read') },
  { name: 'expiring', token: { expiresOn: Date.now() + 3.5 * dayMs } },
  {
    name: 'zone-only',
    token: {
      grants: (['zone_read', 'logs_write', 'analytics_read'] as const).map((permission) => ({
        permission,
        level: 'zone',
        resources: [zoneId],
      })),
    },
  },
  { name: 'free-plan', token: {}, freePlan: true },
  { name: 'wrong-kind', token: {}, variants: [{ name: 'token/wrong-kind' }] },
  { name: 'new', token: {}, variants: [{ name: 'token/new' }] },
  { name: 'malformed', token: {}, variants: [{ name: 'token/malformed' }] },
  { name: 'none', token: null },
]

for (const { name, token, variants, freePlan } of cases) {
  t.test(`check, ${name}: the whole output`, async (t) => {
    const { world, account, zone, other } = built()
    world.job({ scope: zoneScope(zone), name: 'http' })
    world.job({ scope: accountScope(account), name: 'gateway', dataset: 'gateway_dns' })
    const text = world.token(token ?? {})
    const sim = await startSimulator({ world: world.spec(), variants: variants ?? [] })
    t.teardown(() => sim.close())
    if (freePlan === true)
      for (const scope of [accountScope(account), zoneScope(zone), zoneScope(other)])
        sim.world.setHealthSettings(scope, { enabled: false })
    const said = await outcome(sim.url, token === null ? null : text)
    const file = new URL(`../../golden/check-${name}.txt`, import.meta.url)
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, said)
    t.equal(said, readFileSync(file, 'utf8'))
  })
}

/** What is printed and the exit code, without what differs from run to run. */
async function outcome(url: string, token: string | null): Promise<string> {
  try {
    const { code, lines } = await runCheck(url, token)
    const text = lines
      .join('\n')
      .replace(/\d{4}-\d\d-\d\dT\S+Z/g, 'TIME')
      .replace(/\d+ of 1200/, 'R of 1200')
      .replace(/\d+ of 300/, 'G of 300')
    return `${text}\n\nexit code ${code}\n`
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return `${error.message}\n\nexit code ${error.exitCode}\n`
  }
}
