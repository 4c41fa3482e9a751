import * as z from 'zod/mini'
import type { HistoryEntry, NotificationsApi } from '../../ports/cloudflare.ts'
import { pageOf } from '../envelope.ts'
import { idText, instantOf, listOf, optionalText, plainText, secretText } from '../fields.ts'
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
  alert_body: secretText,
})

const entry = z.pipe(wireEntry, z.transform(toEntry))

export function createHistoryApi(rest: Rest): Pick<NotificationsApi, 'listHistory'> {
  return {
    async listHistory(accountId, { page, since }, options) {
      const answer = await rest({ operation: 'list_history' }, options, listOf(entry), (sdk) =>
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
