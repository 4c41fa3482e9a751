import * as z from 'zod/mini'
import type { DirectoryApi } from '../../ports/cloudflare.ts'
import { pageOf } from '../envelope.ts'
import { idText, plainText } from '../fields.ts'
import { itemsOf } from '../item-list.ts'
import type { Rest } from './rest.ts'

/** The API's maximum for zones; for accounts it is said to be the same. */
const perPage = 50

const account = z.object({ id: idText, name: plainText })
const zone = z.object({ id: idText, name: plainText, account: z.nullish(account) })

export function createDirectoryApi(rest: Rest): DirectoryApi {
  return {
    async listAccounts(page, options) {
      const answer = await rest({ operation: 'list_accounts' }, options, itemsOf(account, ['id']), (sdk) =>
        sdk.accounts.list({ page, per_page: perPage }),
      )
      return pageOf(answer.result, perPage, answer)
    },
    async listZones({ page, accountId, name }, options) {
      const filter = {
        ...(accountId === undefined ? {} : { account: { id: accountId } }),
        ...(name === undefined ? {} : { name }),
      }
      const answer = await rest({ operation: 'list_zones' }, options, itemsOf(zone, ['id']), (sdk) =>
        sdk.zones.list({ page, per_page: perPage, ...filter }),
      )
      const unknown = { id: accountId ?? '', name: '' }
      const items = answer.result.items.map((one) => ({
        kind: 'zone' as const,
        ...one,
        account: one.account ?? unknown,
      }))
      return pageOf({ ...answer.result, items }, perPage, answer)
    },
  }
}
