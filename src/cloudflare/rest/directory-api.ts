import * as z from 'zod/mini'
import type { DirectoryApi } from '../../ports/cloudflare.ts'
import { idText, mapped, plainText } from '../fields.ts'
import { itemsOf } from '../item-list.ts'
import type { Rest } from './rest.ts'

/** The API's maximum for zones; for accounts it is said to be the same. */
const perPage = 50

const account = z.object({ id: idText, name: plainText })
const wireZone = z.object({ id: idText, name: plainText, account: z.nullish(account) })

export function createDirectoryApi(rest: Rest): DirectoryApi {
  return {
    listAccounts: (page, options) =>
      rest.page({ operation: 'list_accounts', perPage }, options, itemsOf(account, ['id']), (sdk) =>
        sdk.accounts.list({ page, per_page: perPage }),
      ),
    listZones({ page, accountId, name }, options) {
      const filter = {
        ...(accountId === undefined ? {} : { account: { id: accountId } }),
        ...(name === undefined ? {} : { name }),
      }
      const unknown = { id: accountId ?? '', name: '' }
      const zone = mapped(wireZone, (one) => ({
        ...one,
        kind: 'zone' as const,
        account: one.account ?? unknown,
      }))
      return rest.page({ operation: 'list_zones', perPage }, options, itemsOf(zone, ['id']), (sdk) =>
        sdk.zones.list({ page, per_page: perPage, ...filter }),
      )
    },
  }
}
