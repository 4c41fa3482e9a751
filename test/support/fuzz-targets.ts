/* Every parser that reads what comes from outside. Good inputs to begin from are in test/fuzz/seeds.json. */
import { ok } from 'node:assert/strict'
import { allowedQuery } from '../../src/cloudflare/query-limits.ts'
import { redact } from '../../src/cloudflare/redact.ts'
import { timeRangeOf } from '../../src/domain/arrival/file-name.ts'
import { rangeOfKey } from '../../src/domain/arrival/listing-window.ts'
import {
  arrivalFromRecord,
  arrivalToRecord,
  recordsFromRecord,
  recordsToRecord,
} from '../../src/domain/arrival/stored-arrival.ts'
import { describeDestination, parseDestination } from '../../src/domain/destination/destination.ts'
import { hiddenValues } from '../../src/domain/destination/hidden-values.ts'
import { destinationExpiry, storePlace } from '../../src/domain/destination/store-place.ts'
import { scrub } from '../../src/domain/error-text.ts'
import { classifyFailure } from '../../src/domain/job/failure-reason.ts'
import { scopeFromRecord } from '../../src/domain/job/stored-job.ts'
import { ledgerFromRecord, ledgerToRecord } from '../../src/domain/ledger/stored-ledger.ts'
import { readWebhookBody } from '../../src/domain/notification/notification-event.ts'
import {
  notificationsFromRecord,
  notificationsToRecord,
} from '../../src/domain/notification/stored-notifications.ts'
import { Secret } from '../../src/domain/secret.ts'
import type { FuzzTarget } from './fuzz.ts'
import { answerTargets } from './fuzz-answers.ts'
import { callerTargets } from './fuzz-callers.ts'
import { storeTargets } from './fuzz-stores.ts'
import { kept, ofJson, target } from './fuzz-target.ts'

const conf = 's3://quay-logs/http?region=us-east-1&access-key-id=AKID&secret-access-key=abc%2Fdef'

export const fuzzTargets: readonly FuzzTarget[] = [
  ...answerTargets,
  ...storeTargets,
  ...callerTargets,
  target('error texts', (text) => {
    ok(scrub(text).length <= 300)
    classifyFailure(text)
    allowedQuery(text)
    ok(redact(text, [new Secret(conf), new Secret('abc')]).length <= 300)
  }),
  target('destinations', (text) => {
    parseDestination(text)
    describeDestination(new Secret(text))
    hiddenValues(text)
    storePlace(new Secret(text))
    destinationExpiry(new Secret(text))
  }),
  target('names of arrived files', (text) => {
    const range = timeRangeOf(text)
    ok(range === null || range.start <= range.end)
    rangeOfKey({ path: 'http/{DATE}' }, text)
  }),
  target(
    'webhooks',
    ofJson((body) => {
      const message = readWebhookBody(body)
      if (message.kind === 'event') ok(JSON.stringify(message.event).length < 10_000)
    }),
  ),
  target('stored ledgers', kept(ledgerFromRecord, ledgerToRecord)),
  target('stored jobs', ofJson(scopeFromRecord)),
  target('stored notifications', kept(notificationsFromRecord, notificationsToRecord)),
  target('stored arrivals', kept(arrivalFromRecord, arrivalToRecord)),
  target('stored records', kept(recordsFromRecord, recordsToRecord)),
]
