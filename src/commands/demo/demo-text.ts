/* What the demo prints when everything runs: where to look, what will happen, how to end it. */

import type { ListenAddress } from '../../http/listeners.ts'
import { formatListenAddress } from '../../settings/setting-kinds.ts'

export interface DemoAddress {
  readonly name: string
  readonly url: string
  /** What is to be seen there, where the name does not say it. */
  readonly note?: string
}

export interface DemoFacts {
  readonly accounts: number
  readonly zones: number
  readonly jobs: number
  readonly addresses: readonly DemoAddress[]
  /** What else is worth knowing, e.g. what could not be started. */
  readonly notes: readonly string[]
}

/** What listens on an address, for a browser on this machine; without a slash at the end. */
export function localUrl(address: ListenAddress): string {
  const isEverywhere = ['', '::', '0.0.0.0'].includes(address.host)
  return `http://${formatListenAddress(isEverywhere ? { ...address, host: 'localhost' } : address)}`
}

const story = [
  'about half a minute in, quay-firewall-splunk loses its first batches: cloudflare_logpush_batches_failed_total',
  'cdn-http-azure starts failing, then recovers: cloudflare_logpush_job_failing',
  'from the start, every fifth file of sre-worker-logs is missing in its bucket: cloudflare_logpush_arrival_missing_ratio',
  'two minutes in, nothing arrives for cdn-http-r2, whose files go to another folder: cloudflare_logpush_arrival_silent',
  'two minutes in, Cloudflare disables quay-http-sumo after a day of failures: cloudflare_failing_logpush_job_disabled_alert',
  'four minutes in, cdn-firewall-r2 is deleted, and its series disappear',
]

export function demoText({ accounts, zones, jobs, addresses, notes }: DemoFacts): readonly string[] {
  const longest = Math.max(...addresses.map(({ name }) => name.length))
  return [
    `A simulated Cloudflare with ${accounts} accounts, ${zones} zones and ${jobs} Logpush jobs; no account is needed.`,
    '',
    ...addresses.map(
      ({ name, url, note }) => `  ${name.padEnd(longest)}  ${url}${note === undefined ? '' : `  (${note})`}`,
    ),
    '',
    'What to watch:',
    ...story.map((event) => `  - ${event}`),
    '',
    ...(notes.length === 0 ? [] : [...notes, '']),
    'Press Ctrl-C to stop.',
  ]
}
