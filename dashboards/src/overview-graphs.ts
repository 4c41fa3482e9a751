import { budgetLeft } from './exporter-expressions.ts'
import { fleetProblems, fleetRate, fleetResponses } from './expressions.ts'
import { graph } from './panels.ts'
import { line } from './queries.ts'

export const troubleGraph = graph({
  title: 'Jobs in trouble',
  description:
    'How many jobs had which problem, as the alert rules see it: see the alerts of the same names. One job can have several.',
  unit: 'short',
  lines: [line(fleetProblems, '{{problem}}')],
})

export const lossGraphs = [
  graph({
    title: 'Records lost by dataset',
    description: 'Records per second in batches that were given up. Anything above zero is gone for good.',
    unit: 'cps',
    stacked: true,
    lines: [line(fleetRate('records_lost', 'dataset'), '{{dataset}}')],
  }),
  graph({
    title: 'Share of batches lost by destination type',
    description:
      'Batches given up, of all that ended. One destination type standing out points at the destination.',
    unit: 'percentunit',
    lines: [
      line(
        `${fleetRate('batches_failed', 'destination_type')} / (${fleetRate('batches', 'destination_type')} > 0)`,
        '{{destination_type}}',
      ),
    ],
  }),
  graph({
    title: 'Share of uploads retried by destination type',
    description:
      'Upload attempts that failed and were tried again, of all attempts: the early sign before batches are lost.',
    unit: 'percentunit',
    max: 1,
    lines: [
      line(
        `${fleetRate('upload_retries', 'destination_type')} / (${fleetRate('uploads', 'destination_type')} > 0)`,
        '{{destination_type}}',
      ),
    ],
  }),
  graph({
    title: 'Upload responses by status',
    description:
      "Answers of the destinations per second, by HTTP status. Statuses 1101 to 1108 and 1201 are Cloudflare's own, for pushes that got no answer.",
    unit: 'reqps',
    stacked: true,
    lines: [line(fleetResponses, '{{status}}')],
  }),
]

export const volumeGraphs = [
  graph({
    title: 'Records delivered by dataset',
    description:
      'Records per second that reached their destination. A drop without an error is worth a look too.',
    unit: 'cps',
    stacked: true,
    lines: [line(fleetRate('records', 'dataset'), '{{dataset}}')],
  }),
  graph({
    title: 'Volume delivered by dataset',
    description: 'Bytes per second before compression, by dataset.',
    unit: 'Bps',
    stacked: true,
    lines: [line(fleetRate('bytes', 'dataset'), '{{dataset}}')],
  }),
  graph({
    title: 'Volume delivered by destination type',
    description: 'Bytes per second before compression, by the kind of destination.',
    unit: 'Bps',
    stacked: true,
    lines: [line(fleetRate('bytes', 'destination_type'), '{{destination_type}}')],
  }),
  graph({
    title: 'Volume delivered by account',
    description: 'Bytes per second before compression, by Cloudflare account.',
    unit: 'Bps',
    stacked: true,
    lines: [line(fleetRate('bytes', 'account'), '{{account}}')],
  }),
]

export const budgetGraph = graph({
  title: 'API budget left',
  description:
    "What the last 5 minutes left of the exporter's share of each API limit, per replica. All tools of a user share Cloudflare's limits.",
  unit: 'percentunit',
  max: 1,
  lines: [line(budgetLeft, '{{api}} {{instance}}')],
})
