import type { RawAnswer } from '../api/api-pipeline.ts'
import { isRecord, type JsonRecord } from '../api/json-shape.ts'
import { htmlPage, refusal, type Variant, without } from './variant.ts'

function ofEnvelope(edit: (envelope: JsonRecord) => JsonRecord) {
  return (answer: RawAnswer): RawAnswer =>
    isRecord(answer.body) ? { ...answer, body: edit(answer.body) } : answer
}

function ofInfo(edit: (info: JsonRecord) => JsonRecord | null) {
  return ofEnvelope((envelope) =>
    isRecord(envelope.result_info) ? { ...envelope, result_info: edit(envelope.result_info) } : envelope,
  )
}

function ofHeaders(edit: (headers: RawAnswer['headers']) => Record<string, string>) {
  return (answer: RawAnswer): RawAnswer => ({ ...answer, headers: edit(answer.headers) })
}

const texts = (object: JsonRecord): JsonRecord =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, String(value)]))

/** The envelope of all REST answers, and the headers around it. */
export const envelopeVariants: readonly Variant[] = [
  {
    name: 'envelope/nulls',
    of: 'rest',
    cost: 'nothing',
    does: 'writes errors and messages as null',
    change: ofEnvelope((envelope) => ({ ...envelope, errors: null, messages: null })),
  },
  {
    name: 'envelope/short',
    of: 'rest',
    cost: 'nothing',
    does: 'leaves out errors and messages',
    change: ofEnvelope((envelope) => without(envelope, (_, name) => ['errors', 'messages'].includes(name))),
  },
  {
    name: 'envelope/no-paging',
    of: 'rest',
    cost: 'nothing',
    does: 'leaves out result_info',
    change: ofEnvelope((envelope) => without(envelope, (_, name) => name === 'result_info')),
  },
  {
    name: 'envelope/total-0',
    of: 'rest',
    cost: 'nothing',
    does: 'tells page 0 and totals of 0, however many objects there are',
    change: ofInfo((info) => ({ ...info, page: 0, total_count: 0, total_pages: 0 })),
  },
  {
    name: 'envelope/short-paging',
    of: 'rest',
    cost: 'nothing',
    does: 'leaves the totals out of result_info',
    change: ofInfo(({ count, page, per_page }) => ({ count, page, per_page })),
  },
  {
    name: 'envelope/paging-texts',
    of: 'rest',
    cost: 'nothing',
    does: 'writes the numbers of result_info as texts',
    change: ofInfo(texts),
  },
  {
    name: 'headers/unquoted',
    of: 'rest',
    cost: 'nothing',
    does: 'writes the name of the rate limit without quotes',
    change: ofHeaders((headers) =>
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replaceAll('"', '')])),
    ),
  },
  {
    name: 'headers/none',
    of: 'all',
    cost: 'nothing',
    does: 'sends no rate limit headers',
    change: ofHeaders(() => ({})),
  },
  {
    name: 'headers/absurd',
    of: 'rest',
    cost: 'nothing',
    does: 'sends rate limit headers out of all bounds: 1 request in a day, none left until next year',
    change: ofHeaders(() => ({
      ratelimit: '"default";r=0;t=31536000',
      'ratelimit-policy': '"default";q=1;w=86400',
    })),
  },
  {
    name: 'throttled/json-971',
    of: 'rest',
    cost: 'answer',
    does: 'answers every tenth request of each kind with 429, code 971 and retry-after',
    instead: ({ earlier }) =>
      earlier % 10 === 1
        ? {
            ...refusal(429, [
              { code: 971, message: 'Please wait and consider throttling your request speed' },
            ])(),
            headers: { 'retry-after': '2' },
          }
        : null,
  },
  {
    name: 'throttled/html-1015',
    of: 'rest',
    cost: 'answer',
    does: 'answers every tenth request of each kind with 429 and the page of error 1015',
    instead: ({ earlier }) =>
      earlier % 10 === 1 ? htmlPage(429, 'Error 1015: You are being rate limited')() : null,
  },
]
