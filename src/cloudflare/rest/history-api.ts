import * as z from 'zod/mini'
import type { HistoryEntry, NotificationsApi } from '../../ports/cloudflare.ts'
import { pageOf } from '../envelope.ts'
import { idText, instantOf, jsonSecret, optionalText, plainText } from '../fields.ts'
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
  sent: z.pipe(
    z.string().check(z.refine((text) => instantOf(text) !== null)),
    z.transform((text: string) => instantOf(text) ?? 0),
  ),
  // Documented as a text; the official example has an object.
  alert_body: jsonSecret,
})

const entryList = itemsOf(z.pipe(wireEntry, z.transform(toEntry)), ['id', 'alert_type', 'sent'])

export function createHistoryApi(rest: Rest): Pick<NotificationsApi, 'listHistory'> {
  return {
    async listHistory(accountId, { page, since }, options) {
      const answer = await rest({ operation: 'list_history' }, options, entryList, (sdk) =>
        sdk.alerting.history.list({
          account_id: accountId,
          page,
          per_page: perPage,
          since: new Date(since).toISOString(),
        }),
      )
      return pageOf(answer.result, perPage, answer)
    },
  }
}

function toEntry(wire: z.output<typeof wireEntry>): HistoryEntry {
  return {
    id: wire.id,
    policyId: wire.policy_id,
    alertType: wire.alert_type,
    mechanismType: wire.mechanism_type,
    sent: wire.sent,
    alertBody: wire.alert_body,
  }
}
