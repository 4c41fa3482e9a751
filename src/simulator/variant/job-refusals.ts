import { asNull, changed, refusal, replaced, type Variant } from './variant.ts'

const authentication = [{ code: 10000, message: 'Authentication error' }]
const unreachable = 'error validating destination: error writing object: DNSError: no such host'

/** How Logpush jobs are refused, and what comes in place of one. */
export const jobRefusals: readonly Variant[] = [
  ...([403, 401, 400] as const).map(
    (status): Variant => ({
      name: `jobs/refused-${status}`,
      of: ['list_jobs'],
      cost: 'answer',
      does: `refuses lists with ${status} and code 10000, as on a plan without Logpush; the token is good`,
      instead: refusal(status, authentication),
    }),
  ),
  ...replaced(['list_jobs'], 'answer', {
    'jobs/refused-bare': [
      'refuses lists without result and messages',
      refusal(403, authentication, { messages: undefined, result: undefined }),
    ],
    'jobs/product-not-allowed': [
      "refuses lists with code 1004, reading job for product 'gateway_dns' is not allowed",
      refusal(403, [{ code: 1004, message: "reading job for product 'gateway_dns' is not allowed" }]),
    ],
  }),
  ...changed(['list_jobs'], 'answer', {
    'jobs/list-null': ['answers lists with null', asNull],
  }),
  ...changed(['get_job'], 'answer', {
    'jobs/shown-null': ['answers a single job with null', asNull],
  }),
  ...changed(['create_job', 'update_job'], 'answer', {
    'jobs/written-null': ['carries writes out and answers them with null', asNull],
  }),
  ...replaced(['update_job'], 'answer', {
    'jobs/unreachable-on-update': [
      'refuses every update with 400, because the destination is tested again and does not answer',
      refusal(400, [{ code: 1002, message: unreachable }]),
    ],
  }),
]
