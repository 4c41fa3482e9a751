import type { RawAnswer } from '../api/api-pipeline.ts'
import { mapValues } from '../api/json-shape.ts'
import {
  changed,
  everyTenth,
  htmlPage,
  ofBody,
  ofInfo,
  refusal,
  replaced,
  type Variant,
  without,
} from './variant.ts'

function ofHeaders(edit: (headers: RawAnswer['headers']) => Record<string, string>) {
  return (answer: RawAnswer): RawAnswer => ({ ...answer, headers: edit(answer.headers) })
}

/** The envelope of all REST answers, and the headers around it. */
export const envelopeVariants: readonly Variant[] = [
  ...changed('rest', 'nothing', {
    'envelope/nulls': [
      'writes errors and messages as null',
      ofBody((envelope) => ({ ...envelope, errors: null, messages: null })),
    ],
    'envelope/short': [
      'leaves out errors and messages',
      ofBody((envelope) => without(envelope, (_, name) => ['errors', 'messages'].includes(name))),
    ],
    'envelope/no-paging': [
      'leaves out result_info',
      ofBody((envelope) => without(envelope, (_, name) => name === 'result_info')),
    ],
    'envelope/total-0': [
      'tells page 0 and totals of 0, however many objects there are',
      ofInfo((info) => ({ ...info, page: 0, total_count: 0, total_pages: 0 })),
    ],
    'envelope/short-paging': [
      'leaves the totals out of result_info',
      ofInfo(({ count, page, per_page }) => ({ count, page, per_page })),
    ],
    'envelope/paging-texts': [
      'writes the numbers of result_info as texts',
      ofInfo((info) => mapValues(info, String)),
    ],
    'headers/unquoted': [
      'writes the name of the rate limit without quotes',
      ofHeaders((headers) => mapValues(headers, (value) => value.replaceAll('"', ''))),
    ],
  }),
  ...changed('all', 'nothing', {
    'headers/none': ['sends no rate limit headers', ofHeaders(() => ({}))],
  }),
  ...changed('rest', 'nothing', {
    'headers/absurd': [
      'sends rate limit headers out of all bounds: 1 request in a day, none left until next year',
      ofHeaders(() => ({
        ratelimit: '"default";r=0;t=31536000',
        'ratelimit-policy': '"default";q=1;w=86400',
      })),
    ],
  }),
  ...replaced('rest', 'answer', {
    'throttled/json-971': [
      'answers every tenth request of each kind with 429, code 971 and retry-after',
      everyTenth(() => ({
        ...refusal(429, [{ code: 971, message: 'Please wait and consider throttling your request speed' }])(),
        headers: { 'retry-after': '2' },
      })),
    ],
    'throttled/html-1015': [
      'answers every tenth request of each kind with 429 and the page of error 1015',
      everyTenth(htmlPage(429, 'Error 1015: You are being rate limited')),
    ],
  }),
]
