import * as z from 'zod/mini'
import type { HistoryEntry, NotificationsApi } from '../../ports/notifications.ts'
import { camelCased, idText, instant, jsonSecret, mapped, optionalText, plainText } from '../fields.ts'
import { itemsOf } from '../item-list.ts'
import type { Rest } from './rest.ts'

/** The API's own default; its maximum is not documented. */
const perPage = 25

const wireEntry = z.object({
  id: idText,
  policy_id: optionalText,
  alert_type: plainText,
  mechanism_type: plainText,
  // Without a time an entry cannot be told from one that was seen before.
  sent: instant,
  // Documented as a text; the official example has an object.
  alert_body: jsonSecret,
})

const entryList = itemsOf(
  mapped(wireEntry, (entry): HistoryEntry => camelCased(entry)),
  ['id', 'alert_type', 'sent'],
)

export function createHistoryApi(rest: Rest): Pick<NotificationsApi, 'listHistory'> {
  return {
    listHistory: (accountId, { page, since }, options) =>
      rest.page({ operation: 'list_history', perPage }, options, entryList, (sdk) =>
        sdk.alerting.history.list({
          account_id: accountId,
          page,
          per_page: perPage,
          since: new Date(since).toISOString(),
        }),
      ),
  }
}
