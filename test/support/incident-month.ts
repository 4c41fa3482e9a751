import { uniform } from '../../src/simulator/world/prng.ts'
import {
  breaks,
  catchesUp,
  cloudflareDisables,
  each,
  exporter,
  first,
  loses,
  moves,
  personDisables,
  reads,
  stops,
  well,
} from './history-steps.ts'
import { type History, type HistoryJob, newJob, newWorld } from './history-world.ts'

/*
 * A month of 500 jobs: what happens to them, how often, and whether somebody should be called for it. Each incident
 * is a history of its own; what nothing happens to is left out.
 */

/** What is right: one page, a ticket and no page, or neither. */
export type Truth = 'page' | 'ticket' | 'silence'

export interface IncidentKind {
  readonly name: string
  readonly perMonth: number
  readonly truth: Truth
  /** How many pages are right, where it is not one: each names another cause. */
  readonly pages?: number
  readonly jobs?: () => HistoryJob[]
  readonly replicas?: number
  /** `between` draws a length in minutes. */
  readonly steps: (between: (least: number, most: number) => number) => History['steps']
}

const begin = 5
const many = (count: number, more: (index: number) => Partial<HistoryJob>) => (): HistoryJob[] =>
  Array.from({ length: count }, (_, index) => newJob(more(index)))
const alone = many(1, () => ({}))
/** A batch an hour, at most: an audit log. */
const quiet = many(1, () => ({ batchEvery: 70 }))
const slow = many(1, () => ({ batchEvery: 60 }))

const repaired = [each(catchesUp), each(well)] as const
/** Fails, is repaired, catches up at four times the speed, is well. */
const failure = (minutes: number): History['steps'] => [
  [begin, each(breaks)],
  [begin + minutes, repaired[0]],
  [begin + minutes + Math.ceil(minutes / 3), repaired[1]],
]

/** Everything that happens, for a fleet of 500 jobs at 50 destinations in 20 zones. */
export const incidentKinds: readonly IncidentKind[] = [
  {
    name: 'a push fails for some minutes',
    perMonth: 40,
    truth: 'silence',
    steps: (between) => failure(between(2, 9)),
  },
  {
    name: 'a job fails for 20 minutes',
    perMonth: 12,
    truth: 'ticket',
    steps: (between) => failure(between(18, 24)),
  },
  {
    name: 'a job fails for hours',
    perMonth: 8,
    truth: 'page',
    steps: (between) => failure(between(60, 150)),
  },
  {
    name: 'a job fails, recovers and fails again, three times',
    perMonth: 3,
    truth: 'ticket',
    steps: (between) => {
      const length = between(18, 22)
      return [0, 1, 2].flatMap((time) => [
        [begin + time * (length + 6), each(breaks)] as const,
        [begin + time * (length + 6) + length, each(well)] as const,
      ])
    },
  },
  {
    name: 'nothing to log at night',
    perMonth: 60,
    truth: 'silence',
    jobs: quiet,
    steps: (between) => [
      [begin, each(stops)],
      [begin + between(70, 240), each(well)],
    ],
  },
  {
    name: 'Cloudflare stops pushing a busy job, without an error',
    perMonth: 2,
    truth: 'page',
    steps: (between) => [
      [begin, each(stops)],
      [begin + between(90, 180), each(well)],
    ],
  },
  { name: 'a batch is lost', perMonth: 15, truth: 'ticket', steps: () => [[begin, each(loses)]] },
  {
    name: 'a job with a batch an hour loses each, for five hours',
    perMonth: 2,
    truth: 'page',
    jobs: slow,
    steps: () => [0, 1, 2, 3, 4].map((hour) => [begin + 60 * hour, each(loses)] as const),
  },
  {
    name: 'a person disables a failing job',
    perMonth: 3,
    truth: 'ticket',
    steps: (between) => [
      [begin, each(breaks)],
      [begin + between(18, 24), each(personDisables)],
    ],
  },
  {
    name: 'a person disables a job, and enables it later',
    perMonth: 8,
    truth: 'silence',
    steps: (between) => [
      [begin, each(personDisables)],
      [begin + between(60, 240), each(well)],
    ],
  },
  {
    name: 'Cloudflare disables a job',
    perMonth: 1,
    truth: 'page',
    steps: (between) => [
      [begin, each(cloudflareDisables)],
      [begin + between(30, 90), each(well)],
    ],
  },
  {
    name: 'a bucket with eight jobs fails',
    perMonth: 2,
    truth: 'page',
    jobs: many(8, () => ({ bucket: 'shared' })),
    steps: (between) => failure(between(60, 120)),
  },
  {
    // The second page says that it is the whole destination.
    name: 'one of the jobs of a bucket is stalled before all are',
    perMonth: 1,
    truth: 'page',
    pages: 2,
    jobs: many(6, () => ({ bucket: 'shared' })),
    steps: () => [
      [begin, each(breaks, first)],
      [begin + 37, each(breaks, (_, index) => index > 0)],
      [begin + 90, each(catchesUp)],
      [begin + 120, each(well)],
    ],
  },
  {
    name: 'Cloudflare stops pushing for an account of 25 jobs, without an error',
    perMonth: 1,
    truth: 'page',
    jobs: many(25, () => ({ account: 'Stalls' })),
    steps: (between) => [
      [begin, each(stops)],
      [begin + between(60, 120), each(well)],
    ],
  },
  {
    name: 'the exporter restarts',
    perMonth: 8,
    truth: 'silence',
    steps: (between) => [
      [begin, exporter(false)],
      [begin + between(2, 5), exporter(true)],
    ],
  },
  {
    name: 'the exporter is down',
    perMonth: 1,
    truth: 'page',
    steps: (between) => [
      [begin, exporter(false)],
      [begin + between(25, 50), exporter(true)],
    ],
  },
  {
    name: 'the exporter is down while a failing job is repaired',
    perMonth: 1,
    truth: 'page',
    steps: () => [
      [begin, each(breaks)],
      [begin + 20, exporter(false)],
      [begin + 40, each(well)],
      [begin + 55, exporter(true)],
    ],
  },
  {
    name: 'a zone cannot be read for an hour',
    perMonth: 4,
    truth: 'ticket',
    jobs: many(4, () => ({})),
    steps: (between) => [
      [begin, reads(false, undefined, true)],
      [begin + between(40, 70), reads(true)],
    ],
  },
  {
    name: 'a replica reads nothing, and a failing job is repaired',
    perMonth: 1,
    truth: 'ticket',
    replicas: 2,
    steps: () => [
      [begin, each(breaks)],
      [begin + 18, reads(false, 1)],
      [begin + 22, each(well)],
    ],
  },
  {
    name: 'a zone with five jobs is renamed',
    perMonth: 2,
    truth: 'silence',
    jobs: () => many(5, () => ({ account: 'Renames', zone: 'old.example' }))(),
    steps: () => [
      [
        begin,
        each((job) => {
          job.zone = 'new.example'
        }),
      ],
    ],
  },
  {
    name: 'the exporter moves to another namespace',
    perMonth: 1,
    truth: 'silence',
    steps: () => [[begin, moves]],
  },
]

export interface MonthIncident {
  readonly kind: IncidentKind
  readonly history: History
}

/** The month, drawn with a seed: as many incidents of each kind as its rate says, of lengths that differ. */
export function drawMonth(
  seed: number,
  kinds: readonly IncidentKind[] = incidentKinds,
): readonly MonthIncident[] {
  return kinds.flatMap((kind, index) =>
    Array.from({ length: kind.perMonth }, (_, nth) => {
      let drawn = 0
      const between = (least: number, most: number): number => {
        drawn += 1
        return least + Math.floor(uniform(seed, index * 1000 + nth, drawn) * (most - least + 1))
      }
      const { name, jobs = alone, replicas = 1 } = kind
      return {
        kind,
        history: {
          name: `${name} (${nth + 1})`,
          begin: (namespace) => newWorld(namespace, jobs(), replicas),
          steps: kind.steps(between),
          opens: [],
          openAtEnd: [],
        },
      }
    }),
  )
}

/** What a kind of incident brought in a month. */
export interface KindScore {
  readonly kind: IncidentKind
  readonly pages: number
  readonly tickets: number
  /** Pages for what needs none, and further ones for what had one. */
  readonly falsePages: number
  readonly missedPages: number
  readonly falseTickets: number
  /** Incidents that stay open although all is well. */
  readonly leftOpen: number
}

export function scoreMonth(
  month: readonly MonthIncident[],
  played: readonly { readonly pages: number; readonly tickets: number; readonly open: readonly string[] }[],
): readonly KindScore[] {
  const kinds = [...new Set(month.map(({ kind }) => kind))]
  return kinds.map((kind) => {
    const all = played.filter((_, index) => month[index]?.kind === kind)
    const wanted = kind.pages ?? (kind.truth === 'page' ? 1 : 0)
    const sum = (value: (one: (typeof all)[number]) => number): number =>
      all.reduce((total, one) => total + value(one), 0)
    return {
      kind,
      pages: sum(({ pages }) => pages),
      tickets: sum(({ tickets }) => tickets),
      falsePages: sum(({ pages }) => Math.max(0, pages - wanted)),
      missedPages: sum(({ pages }) => Math.max(0, wanted - pages)),
      falseTickets: kind.truth === 'silence' ? sum(({ tickets }) => tickets) : 0,
      leftOpen: sum(({ open }) => open.length),
    }
  })
}
