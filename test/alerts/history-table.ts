import {
  breaks,
  catchesUp,
  cloudflareDisables,
  each,
  exporter,
  first,
  longAgo,
  loses,
  moves,
  personDisables,
  reads,
  silence,
  stops,
  well,
} from '../support/history-steps.ts'
import { type History, type HistoryJob, newJob, newWorld } from '../support/history-world.ts'

/* The histories that are played to the shipped rules and routes. Minutes are those of the shipped rules. */

const ticket = 'JobFailing warning'
const page = 'JobStalled critical'
const off = 'JobDisabled critical'
const h = (
  name: string,
  steps: History['steps'],
  opens: readonly string[],
  openAtEnd: readonly string[] = [],
  jobs: () => HistoryJob[] = () => [newJob()],
  replicas = 1,
): History => ({ name, begin: (namespace) => newWorld(namespace, jobs(), replicas), steps, opens, openAtEnd })

const many = (count: number, more: (index: number) => Partial<HistoryJob>) => (): HistoryJob[] =>
  Array.from({ length: count }, (_, index) => newJob(more(index)))
const oneBucket = many(4, () => ({ bucket: 'shared' }))
const oneAccount = many(6, () => ({ account: 'Stalls' }))

/** All of them; some need to know by how much time is shortened. */
export function allHistories(factor: number): readonly History[] {
  return [
    h('nothing happens', [], []),
    h(
      'failing, then well',
      [
        [5, each(breaks)],
        [25, each(well)],
      ],
      [ticket],
    ),
    h(
      'failing, stalled, catching up, well',
      [
        [5, each(breaks)],
        [50, each(catchesUp)],
        [65, each(well)],
      ],
      [ticket, page],
    ),
    h(
      'stalled within an outage of one destination',
      [
        [5, each(breaks, first)],
        [42, each(breaks, (_, i) => i > 0)],
        [62, each(well)],
      ],
      [page, 'DestinationOutage critical'],
      [],
      oneBucket,
    ),
    h(
      'the exporter goes down in a failure that ends meanwhile',
      [
        [5, each(breaks)],
        [25, exporter(false)],
        [40, each(well)],
        [50, exporter(true)],
      ],
      [ticket, 'ExporterDown critical'],
    ),
    h(
      'a person disables a failing job',
      [
        [5, each(breaks)],
        [25, each(personDisables)],
      ],
      [ticket],
    ),
    h(
      'Cloudflare disables a job, a person enables it',
      [
        [5, each(cloudflareDisables)],
        [30, each(well)],
      ],
      [off],
    ),
    h('still disabled at the end', [[5, each(cloudflareDisables)]], [off], [off]),
    h('still failing at the end', [[100, each(breaks)]], [ticket, page], [page]),
    h(
      'failing, disabled, enabled, catching up',
      [
        [5, each(breaks)],
        [30, each(cloudflareDisables)],
        [
          45,
          each((job, now) => {
            well(job)
            catchesUp(job, now)
          }),
        ],
        [60, each(well)],
      ],
      [ticket, off],
    ),
    h(
      'failing for 13 hours, then well',
      [
        [5, each(longAgo(13, factor))],
        [25, each(well)],
      ],
      ['JobWillBeDisabled warning'],
    ),
    h(
      'failing for 21 hours, disabled, enabled',
      [
        [5, each(longAgo(21, factor))],
        [20, each(cloudflareDisables)],
        [30, each(well)],
      ],
      ['JobWillBeDisabled critical'],
    ),
    h(
      'a person disables a healthy job and enables it later',
      [
        [5, each(personDisables)],
        [60, each(well)],
      ],
      [],
    ),
    h(
      'silent without an error, then well',
      [
        [5, each(stops)],
        [65, each(well)],
      ],
      ['JobStalled warning'],
    ),
    h(
      'an outage of a destination',
      [
        [5, each(breaks)],
        [40, each(catchesUp)],
        [50, each(well)],
      ],
      ['DestinationOutage critical'],
      [],
      oneBucket,
    ),
    h(
      'an outage of an account',
      [
        [5, each(breaks)],
        [40, each(well)],
      ],
      ['AccountOutage critical'],
      [],
      oneAccount,
    ),
    h(
      'thirty jobs at once',
      [
        [5, each(breaks)],
        [60, each(well)],
      ],
      ['ManyJobs warning', 'ManyJobs critical'],
      [],
      many(30, () => ({})),
    ),
    h(
      'thirty jobs, one after the other',
      Array.from({ length: 30 }, (_, k) => [5 + k / 2, each(breaks, (_, i) => i === k)] as const).concat([
        [65, each(well)],
      ]),
      ['ManyJobs critical'],
      [],
      many(30, () => ({})),
    ),
    h(
      'the exporter goes down in a failure that goes on',
      [
        [5, each(breaks)],
        [23, exporter(false)],
        [30, exporter(true)],
        [45, each(well)],
      ],
      [ticket],
    ),
    h(
      'the exporter goes down while all is well',
      [
        [5, exporter(false)],
        [30, exporter(true)],
      ],
      ['ExporterDown critical'],
    ),
    h(
      'the exporter goes down in an outage that ends meanwhile',
      [
        [5, each(breaks)],
        [25, exporter(false)],
        [40, each(well)],
        [50, exporter(true)],
      ],
      ['DestinationOutage critical', 'ExporterDown critical'],
      [],
      oneBucket,
    ),
    h(
      'the exporter restarts',
      [
        [5, each(breaks)],
        [25, exporter(false)],
        [27, exporter(true)],
        [40, each(well)],
      ],
      [ticket],
    ),
    h(
      'the exporter reads nothing while a job fails',
      [
        [5, each(breaks)],
        [25, reads(false)],
        [40, each(well)],
        [55, reads(true)],
      ],
      [ticket, 'ExporterBlind critical'],
    ),
    h(
      'one zone of three cannot be read while its job fails',
      [
        [5, each(breaks, first)],
        [25, reads(false, undefined, true)],
        [40, each(well)],
        [55, reads(true)],
      ],
      [ticket, 'ExporterCollectFailing warning'],
      [],
      many(3, () => ({})),
    ),
    h(
      'a replica that reads nothing keeps a failure',
      [
        [5, each(breaks)],
        [25, reads(false, 1)],
        [30, each(well)],
      ],
      [ticket],
      [],
      undefined,
      2,
    ),
    h(
      'a replica that reads nothing keeps a disabled job',
      [
        [5, each(cloudflareDisables)],
        [20, reads(false, 1)],
        [25, each(well)],
      ],
      [off],
      [],
      undefined,
      2,
    ),
    h(
      'a zone is renamed in a failure',
      [
        [5, each(breaks)],
        [
          25,
          each((job) => {
            job.zone = `new-${job.zone}`
          }),
        ],
        [40, each(well)],
      ],
      [ticket],
    ),
    h(
      'a job is renamed in a failure',
      [
        [5, each(breaks)],
        [
          25,
          each((job) => {
            job.name = 'new name'
          }),
        ],
        [40, each(well)],
      ],
      [ticket],
    ),
    h(
      'a failing job gets another destination',
      [
        [5, each(breaks)],
        [
          25,
          each((job) => {
            job.bucket = 'another'
          }),
        ],
        [35, each(well)],
      ],
      [ticket],
    ),
    h(
      'the exporter moves to another namespace in a failure',
      [
        [5, each(breaks)],
        [25, moves],
        [45, each(well)],
      ],
      [ticket],
    ),
    h('the exporter moves while all is well', [[10, moves]], []),
    h('one batch is lost', [[5, each(loses)]], ['BatchesLost warning']),
    h(
      'a relapse',
      [
        [5, each(breaks)],
        [24, each(well)],
        [30, each(breaks)],
        [50, each(well)],
      ],
      [ticket],
    ),
    h(
      'a silence that ends before the failure',
      [
        [5, each(breaks)],
        [10, silence],
        [55, each(well)],
      ],
      [ticket],
    ),
    h(
      'a job is deleted',
      [
        [
          10,
          (world) => {
            world.jobs.splice(0, 1)
          },
        ],
      ],
      ['JobMissing warning'],
      ['JobMissing warning'],
      many(2, () => ({ account: 'Deletes', zone: '' })),
    ),
  ]
}
