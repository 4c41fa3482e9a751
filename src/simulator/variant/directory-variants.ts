import { isRecord } from '../api/json-shape.ts'
import { ofEach, ofResult, refusal, type Variant, withMore, without } from './variant.ts'

const verify = ['verify_token']
const zones = ['list_zones']
const accounts = ['list_accounts']

const nulls = {
  original_dnshost: null,
  original_registrar: null,
  owner: { id: null, type: 'user', email: null },
  tenant: { id: null, name: null },
  tenant_unit: { id: null },
  vanity_name_servers: [],
}

/** How long a token that was just made is refused now and then. */
const flapsForMs = 60_000

/** Tokens, zones and accounts. */
export const directoryVariants: readonly Variant[] = [
  {
    name: 'token/bare',
    of: verify,
    cost: 'nothing',
    does: 'tells only the id and the status of the token',
    change: ofEach((token) => without(token, (_, name) => name !== 'id' && name !== 'status')),
  },
  {
    name: 'token/no-id',
    of: verify,
    cost: 'nothing',
    does: 'tells only the status of the token',
    change: ofEach((token) => without(token, (_, name) => name !== 'status')),
  },
  {
    name: 'token/list',
    of: verify,
    cost: 'answer',
    does: 'answers the verification of the token with an empty list',
    change: ofResult(() => []),
  },
  {
    name: 'token/failing',
    of: verify,
    cost: 'answer',
    does: 'answers the verification of the token with 500',
    instead: refusal(500, [{ code: 10001, message: 'internal error' }]),
  },
  {
    name: 'token/wrong-kind',
    of: verify,
    cost: 'answer',
    does: 'answers every verification with 401 and code 1000, as for the other kind of token; the rest works',
    instead: refusal(401, [{ code: 1000, message: 'Invalid API Token' }]),
  },
  {
    name: 'token/malformed',
    of: 'rest',
    cost: 'answer',
    does: 'answers everything with 400 and code 6003, as for a token that was cut while copying',
    instead: refusal(400, [
      {
        code: 6003,
        message: 'Invalid request headers',
        error_chain: [
          { code: 6103, message: 'Invalid format for X-Auth-Key header' },
          { code: 6111, message: 'Invalid format for Authorization header' },
        ],
      },
    ]),
  },
  {
    name: 'token/new',
    of: 'rest',
    cost: 'answer',
    does: 'refuses every second request of the first minute with 403, as for a token that was just made',
    instead: ({ elapsedMs, earlier }) =>
      elapsedMs < flapsForMs && earlier % 2 === 0
        ? refusal(403, [{ code: 10000, message: 'Authentication error' }])()
        : null,
  },
  {
    name: 'zones/nulls',
    of: zones,
    cost: 'nothing',
    does: 'adds fields of zones that are null or hold nulls',
    change: ofEach((zone) => ({ ...zone, ...nulls })),
  },
  {
    name: 'zones/no-account',
    of: zones,
    cost: 'nothing',
    does: 'writes the account of the last zone as null',
    change: ofResult((result) =>
      Array.isArray(result)
        ? result.map((zone: unknown, index) =>
            index === result.length - 1 && isRecord(zone) ? { ...zone, account: null } : zone,
          )
        : result,
    ),
  },
  {
    name: 'zones/unreadable',
    of: zones,
    cost: 'itself',
    does: 'lists a zone without an id, and something that is no zone',
    change: withMore({ id: null, name: 'odd.example', status: 'active' }, []),
  },
  {
    name: 'accounts/nulls',
    of: accounts,
    cost: 'nothing',
    does: 'writes settings and times of accounts as null',
    change: ofEach((account) => ({ ...account, settings: null, created_on: null, managed_by: null })),
  },
  {
    name: 'accounts/empty',
    of: accounts,
    cost: 'answer',
    does: 'lists no account, though zones are listed',
    change: ofResult(() => []),
  },
  {
    name: 'accounts/refused',
    of: accounts,
    cost: 'answer',
    does: 'refuses the list of accounts with 403, though zones are listed',
    instead: refusal(403, [{ code: 9109, message: 'Unauthorized to access requested resource' }]),
  },
  {
    name: 'accounts/unreadable',
    of: accounts,
    cost: 'itself',
    does: 'lists an account without an id',
    change: withMore({ name: 'odd' }),
  },
]
