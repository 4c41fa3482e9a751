import { isRecord } from '../api/json-shape.ts'
import {
  changed,
  failing,
  forbidden,
  ofEach,
  ofResult,
  only,
  refusal,
  replaced,
  type Variant,
  withMore,
} from './variant.ts'

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
  ...changed(verify, 'nothing', {
    'token/bare': [
      'tells only the id and the status of the token',
      ofEach((token) => only(token, 'id', 'status')),
    ],
    'token/no-id': ['tells only the status of the token', ofEach((token) => only(token, 'status'))],
  }),
  ...changed(verify, 'answer', {
    'token/list': ['answers the verification of the token with an empty list', ofResult(() => [])],
  }),
  ...replaced(verify, 'answer', {
    'token/failing': ['answers the verification of the token with 500', failing],
    'token/wrong-kind': [
      'answers every verification with 401 and code 1000, as for the other kind of token; the rest works',
      refusal(401, [{ code: 1000, message: 'Invalid API Token' }]),
    ],
  }),
  ...replaced('rest', 'answer', {
    'token/malformed': [
      'answers everything with 400 and code 6003, as for a token that was cut while copying',
      refusal(400, [
        {
          code: 6003,
          message: 'Invalid request headers',
          error_chain: [
            { code: 6103, message: 'Invalid format for X-Auth-Key header' },
            { code: 6111, message: 'Invalid format for Authorization header' },
          ],
        },
      ]),
    ],
    'token/new': [
      'refuses every second request of the first minute with 403, as for a token that was just made',
      ({ elapsedMs, earlier }) => (elapsedMs < flapsForMs && earlier % 2 === 0 ? forbidden() : null),
    ],
  }),
  ...changed(zones, 'nothing', {
    'zones/nulls': [
      'adds fields of zones that are null or hold nulls',
      ofEach((zone) => ({ ...zone, ...nulls })),
    ],
    'zones/no-account': [
      'writes the account of the last zone as null',
      ofResult((result) =>
        Array.isArray(result)
          ? result.map((zone: unknown, index) =>
              index === result.length - 1 && isRecord(zone) ? { ...zone, account: null } : zone,
            )
          : result,
      ),
    ],
  }),
  ...changed(zones, 'itself', {
    'zones/unreadable': [
      'lists a zone without an id, and something that is no zone',
      withMore({ id: null, name: 'odd.example', status: 'active' }, []),
    ],
  }),
  ...changed(accounts, 'nothing', {
    'accounts/nulls': [
      'writes settings and times of accounts as null',
      ofEach((account) => ({ ...account, settings: null, created_on: null, managed_by: null })),
    ],
  }),
  ...changed(accounts, 'answer', {
    'accounts/empty': ['lists no account, though zones are listed', ofResult(() => [])],
  }),
  ...replaced(accounts, 'answer', {
    'accounts/refused': [
      'refuses the list of accounts with 403, though zones are listed',
      refusal(403, [{ code: 9109, message: 'Unauthorized to access requested resource' }]),
    ],
  }),
  ...changed(accounts, 'itself', {
    'accounts/unreadable': ['lists an account without an id', withMore({ name: 'odd' })],
  }),
]
