/**
 * Whether the simulators of this run answer each call in another of the forms that Cloudflare is known for. Tests whose
 * facts hold either way take it; contrary-suites.long.ts runs them so.
 */
export const contrary = process.env.LOGPUSH_TEST_CONTRARY === '1'
