import type { JobArrival } from '../../src/exporter/state/job-arrival.ts'
import { neverPolled } from '../../src/exporter/state/poll-state.ts'
import type { ArrivalStatus } from '../../src/exporter/view/arrival-status.ts'

/* Places of files before the first look: tests say what is different in theirs. */

/** As the state has it. */
export const untriedArrival: JobArrival = {
  place: { store: 'gcs', bucket: 'logs', path: '' },
  jobs: ['7', '8'],
  poll: neverPolled,
  completeTo: null,
  ledger: null,
  records: null,
  tolerance: 0.99,
  silent: false,
  missingShare: null,
}

/** As pages have it. */
export const unseenArrival: ArrivalStatus = {
  place: 'gs://logs',
  unit: 'files',
  jobs: ['7'],
  failure: null,
  completeTo: null,
  silent: false,
  missingShare: null,
  tolerance: 0.98,
  found: null,
  records: null,
  slots: [],
  command: 'gcloud storage ls gs://logs/',
}

/** An index where records are counted. */
export const elasticPlace = {
  store: 'elastic',
  url: 'https://e.example',
  index: 'i',
  timeField: 't',
  query: null,
} as const
