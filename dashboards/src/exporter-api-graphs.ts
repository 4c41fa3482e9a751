import { budgetLeft, budgetLimit, gauge, rate, requestsIn5Minutes } from './exporter-expressions.ts'
import { graph, heatmap } from './panels.ts'
import { line } from './queries.ts'

const requests = 'cloudflare_logpush_exporter_api_requests_total'
const durations = 'cloudflare_logpush_exporter_api_request_duration_seconds_bucket'

const asked = `sum by (api) (${rate(requests)})`
/** Has no series until the first good answer. */
const answered = `sum by (api) (${rate(requests, ', code=~"2.."')})`

function latency(quantile: number): string {
  return `histogram_quantile(${quantile}, sum by (le, api) (${rate(durations)}))`
}

export const apiGraphs = [
  graph({
    title: 'API requests by code',
    description:
      'Requests to Cloudflare per second. "error" had no answer; "budget" is a GraphQL answer that refused because the budget is used up.',
    unit: 'reqps',
    stacked: true,
    lines: [line(`sum by (api, code) (${rate(requests)})`, '{{api}} {{code}}')],
  }),
  graph({
    title: 'API requests by operation',
    description: 'Requests to Cloudflare per second, by what was asked.',
    unit: 'reqps',
    stacked: true,
    lines: [line(`sum by (api, operation) (${rate(requests)})`, '{{api}} {{operation}}')],
  }),
  graph({
    title: 'Share of API requests that failed',
    description: 'Requests that were not answered with a 2xx code, of all.',
    unit: 'percentunit',
    max: 1,
    lines: [line(`1 - (${answered} or 0 * ${asked}) / (${asked} > 0)`, '{{api}}')],
  }),
  graph({
    title: 'API latency',
    description: 'How long Cloudflare takes to answer: the half, the slowest tenth, the slowest hundredth.',
    unit: 's',
    lines: [
      line(latency(0.5), 'p50 {{api}}'),
      line(latency(0.9), 'p90 {{api}}'),
      line(latency(0.99), 'p99 {{api}}'),
    ],
  }),
  heatmap({
    title: 'API latency, all requests',
    description:
      'How many requests per second took how long. Two bands mean two kinds of request, or a slow day.',
    unit: 's',
    expr: `sum by (le) (${rate(durations)})`,
  }),
  graph({
    title: 'Throttled',
    description:
      'Requests per second that Cloudflare refused because a limit was reached. Above zero, lower --cloudflare.budget-share or poll less.',
    unit: 'reqps',
    lines: [
      line(
        `sum by (api, instance) (${rate('cloudflare_logpush_exporter_api_throttled_total')})`,
        '{{api}} {{instance}}',
      ),
    ],
  }),
]

export const budgetGraphs = [
  graph({
    title: 'API budget',
    description:
      "Requests sent in the last 5 minutes, against the share of Cloudflare's limit that the exporter allows itself (--cloudflare.budget-share).",
    unit: 'short',
    lines: [
      line(requestsIn5Minutes, '{{api}} sent {{instance}}'),
      line(budgetLimit, '{{api}} limit {{instance}}'),
    ],
  }),
  graph({
    title: 'API budget left',
    description:
      'What the last 5 minutes left of the budget. Near zero polls wait, and the effective interval grows.',
    unit: 'percentunit',
    max: 1,
    lines: [line(budgetLeft, '{{api}} {{instance}}')],
  }),
  graph({
    title: 'Requests that may be sent at once',
    description:
      "The burst that the budget holds now: a fifth of it when nothing was sent for a while. It also falls when Cloudflare says that other tools use up the user's limit.",
    unit: 'short',
    lines: [
      line(
        gauge('cloudflare_logpush_exporter_api_budget_remaining', 'api, instance'),
        '{{api}} {{instance}}',
      ),
    ],
  }),
  graph({
    title: 'Effective poll interval',
    description:
      'Time between the starts of the last two cycles. It stretches when the work does not fit into the API budget.',
    unit: 's',
    lines: [
      line(
        gauge('cloudflare_logpush_exporter_poll_interval_seconds', 'poller, instance'),
        '{{poller}} {{instance}}',
      ),
    ],
  }),
]
