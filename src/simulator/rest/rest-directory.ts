import { mayReach } from '../api/access.ts'
import { holdsSomewhere, tokenStatus } from '../api/grants.ts'
import { isoSeconds } from '../api/json-shape.ts'
import { type Answer, type Call, page, type Route, route } from '../api/route.ts'
import { invalidApiToken, simErrors } from '../api/sim-error.ts'
import type { World } from '../world/world.ts'
import type { AccountSpec, ZoneSpec } from '../world/world-spec.ts'

/** Accounts, zones and token verification. */
export const directoryRoutes: readonly Route[] = [
  route('GET', '/accounts', 'list_accounts', listAccounts),
  route('GET', '/zones', 'list_zones', listZones),
  route('GET', '/user/tokens/verify', 'verify_token', (call) => {
    // An account-owned token is no user's: this call does not know it, however good it is.
    if (call.token.kind !== 'user') throw invalidApiToken()
    return verify(call)
  }),
  route('GET', '/accounts/:accountId/tokens/verify', 'verify_token', (call) => {
    if (call.token.kind !== 'account' || call.token.accountId !== call.params.accountId)
      throw invalidApiToken()
    return verify(call)
  }),
]

function verify(call: Call): Answer {
  const { token } = call
  return {
    result: {
      id: token.id,
      status: tokenStatus(token, call.nowMs),
      ...(token.notBefore === undefined ? {} : { not_before: isoSeconds(token.notBefore) }),
      ...(token.expiresOn === undefined ? {} : { expires_on: isoSeconds(token.expiresOn) }),
    },
  }
}

function listAccounts(call: Call): Answer {
  const { world, token } = call
  if (!holdsSomewhere(token, 'account_settings_read')) throw simErrors.unauthorized()
  const name = call.query.name
  const accounts = world
    .accounts()
    .filter(({ id }) => mayReach(call, { kind: 'account', id }, ['account_settings_read']))
    .filter((account) => name === undefined || account.name === name)
  return page(call, directed(accounts, call), (account) => accountObject(world, account))
}

function accountObject(world: World, account: AccountSpec): object {
  return {
    id: account.id,
    name: account.name,
    type: 'standard',
    settings: { enforce_twofactor: false },
    created_on: isoSeconds(world.startMs - 400 * 86_400_000),
  }
}

function listZones(call: Call): Answer {
  const { world, token } = call
  if (!holdsSomewhere(token, 'zone_read')) throw simErrors.unauthorized()
  const { name, status } = call.query
  const accountId = call.query['account.id']
  const accountName = call.query['account.name']
  const accountNameOf = (zone: ZoneSpec): string => world.state.accounts.get(zone.accountId)?.name ?? ''
  const zones = world
    .zones()
    .filter(({ id }) => mayReach(call, { kind: 'zone', id }, ['zone_read']))
    .filter((zone) => name === undefined || zone.name === name)
    .filter((zone) => status === undefined || (zone.status ?? 'active') === status)
    .filter((zone) => accountId === undefined || zone.accountId === accountId)
    .filter((zone) => accountName === undefined || accountNameOf(zone) === accountName)
  return page(call, directed(zones, call), (zone) => zoneObject(world, zone, accountNameOf(zone)))
}

function zoneObject(world: World, zone: ZoneSpec, accountName: string): object {
  const status = zone.status ?? 'active'
  const created = isoSeconds(world.startMs - 300 * 86_400_000)
  return {
    id: zone.id,
    name: zone.name,
    status,
    paused: false,
    type: 'full',
    development_mode: 0,
    name_servers: ['ada.ns.example.com', 'bob.ns.example.com'],
    original_name_servers: null,
    created_on: created,
    modified_on: created,
    activated_on: status === 'active' ? created : null,
    account: { id: zone.accountId, name: accountName },
    plan: { id: 'enterprise', name: 'Enterprise Website' },
  }
}

function directed<T>(items: readonly T[], call: Call): readonly T[] {
  return call.query.direction === 'desc' ? items.toReversed() : items
}
