import { ofResult, refusal, type Variant } from './variant.ts'

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
  {
    name: 'jobs/refused-bare',
    of: ['list_jobs'],
    cost: 'answer',
    does: 'refuses lists without result and messages',
    instead: refusal(403, authentication, { messages: undefined, result: undefined }),
  },
  {
    name: 'jobs/product-not-allowed',
    of: ['list_jobs'],
    cost: 'answer',
    does: "refuses lists with code 1004, reading job for product 'gateway_dns' is not allowed",
    instead: refusal(403, [{ code: 1004, message: "reading job for product 'gateway_dns' is not allowed" }]),
  },
  {
    name: 'jobs/list-null',
    of: ['list_jobs'],
    cost: 'answer',
    does: 'answers lists with null',
    change: ofResult(() => null),
  },
  {
    name: 'jobs/shown-null',
    of: ['get_job'],
    cost: 'answer',
    does: 'answers a single job with null',
    change: ofResult(() => null),
  },
  {
    name: 'jobs/written-null',
    of: ['create_job', 'update_job'],
    cost: 'answer',
    does: 'carries writes out and answers them with null',
    change: ofResult(() => null),
  },
  {
    name: 'jobs/unreachable-on-update',
    of: ['update_job'],
    cost: 'answer',
    does: 'refuses every update with 400, because the destination is tested again and does not answer',
    instead: refusal(400, [{ code: 1002, message: unreachable }]),
  },
]
