import { uniform } from '../../src/simulator/world/prng.ts'

/*
 * Weeks of deliveries of jobs with a daily and weekly shape, and what happens to them: holidays, growth, deploys, a
 * change to summer time, and records that vanish before they are uploaded. A pure function of its seed. Times are
 * half hours since a Monday, 0:00.
 */

export const stepsPerHour = 2
export const day = 24 * stepsPerHour
export const week = 7 * day

/** What happens to a job for some time, as a factor on its records. */
export interface Happening {
  readonly kind: string
  readonly from: number
  readonly to: number
  readonly factor: number
  /** Whether somebody should hear of it. */
  readonly isLoss: boolean
}

export interface WeekJob {
  readonly id: string
  readonly account: string
  readonly shape: Shape
  /** Records of a usual hour. */
  readonly perHour: number
  /** From one week to the next. */
  readonly growth: number
  /** From here on, everything happens an hour later. */
  readonly laterFrom: number | null
  readonly happenings: readonly Happening[]
}

export type Shape = keyof typeof shapes

/** A soft step up at `at`, over about an hour. */
const rises = (hour: number, at: number): number => 1 / (1 + Math.exp(-3 * (hour - at)))

/** Records of an hour of the day (0 to 24) and a day of the week (0 is Monday), as a share of a usual hour's. */
const shapes = {
  steady: (hour: number, weekday: number) =>
    (1 + 0.5 * Math.sin(((hour - 8) / 24) * 2 * Math.PI)) * (weekday > 4 ? 0.8 : 1),
  office: (hour: number, weekday: number) =>
    0.08 + (weekday > 4 ? 0.1 : 1) * (rises(hour, 8) - rises(hour, 18)),
  /** Only in office hours, to the minute. */
  sharp: (hour: number, weekday: number) => (weekday < 5 && hour >= 9 && hour < 17 ? 1 : 0.01),
  nightly: (hour: number) => (hour >= 2 && hour < 4 ? 3 : 0.05),
  media: (hour: number, weekday: number) =>
    (weekday > 4 ? 2 : 1) * (0.3 + rises(hour, 18) - rises(hour, 23.5)),
  noisy: (hour: number, weekday: number) => shapes.steady(hour, weekday),
} as const

const shapeNames: readonly Shape[] = ['steady', 'office', 'sharp', 'nightly', 'media', 'noisy']

/** A normal deviate for a half hour of a job. */
function noise(seed: number, job: number, step: number): number {
  const [one, two] = [uniform(seed, job, 2 * step), uniform(seed, job, 2 * step + 1)]
  return Math.sqrt(-2 * Math.log(Math.max(one, 1e-12))) * Math.cos(2 * Math.PI * two)
}

/** The records of each half hour. */
export function recordsOf(job: WeekJob, steps: number, seed: number): readonly number[] {
  const spread = job.shape === 'noisy' ? 0.5 : 0.12
  return Array.from({ length: steps }, (_, step) => {
    const at = job.laterFrom !== null && step >= job.laterFrom ? step - stepsPerHour : step
    const hour = (at % day) / stepsPerHour
    const usual = shapes[job.shape](hour, Math.floor(at / day) % 7)
    const grown = job.growth ** (step / week)
    const factor = job.happenings
      .filter(({ from, to }) => from <= step && step < to)
      .reduce((product, each) => product * each.factor, 1)
    const luck = Math.exp(spread * noise(seed, Number(job.id), step))
    return Math.round((job.perHour / stepsPerHour) * usual * grown * factor * luck)
  })
}

/** How many records a job loses in what happens to it. */
export function recordsLost(job: WeekJob, loss: Happening, seed: number): number {
  const sum = (happenings: readonly Happening[]): number =>
    recordsOf({ ...job, happenings }, loss.to, seed)
      .slice(loss.from)
      .reduce((total, records) => total + records, 0)
  return sum(job.happenings.filter((one) => one !== loss)) - sum(job.happenings)
}

export interface WeekPlan {
  readonly weeks: number
  /** Before this, nothing happens: what is usual is being learned. */
  readonly learnedBy: number
  /** How many jobs each account has. */
  readonly jobs: number
}

/**
 * Three accounts of one size. The jobs of the first only grow or shrink; the second has two holidays and changes to
 * summer time; the third has deploys that change how much is logged. All lose records now and then.
 */
export function weekJobs({ weeks, learnedBy, jobs }: WeekPlan, seed: number): readonly WeekJob[] {
  const end = weeks * week
  const between = (a: number, b: number): number => Math.floor(learnedBy + (end - learnedBy) * (a + b))
  const at = (index: number, nth: number): number => between(0, uniform(seed, index, 1000 + nth) * 0.9 + 0.02)
  const holidays = [learnedBy + week, learnedBy + 2 * week + 3 * day].filter((from) => from + day < end)
  const accounts = ['Grows', 'Rests', 'Deploys']
  const accountLoss = (account: number): Happening => ({
    kind: 'the whole account loses all',
    from: learnedBy + 3 * week + account * day + 10 * stepsPerHour,
    to: learnedBy + 3 * week + account * day + 16 * stepsPerHour,
    factor: 0.01,
    isLoss: true,
  })
  return accounts.flatMap((account, a) =>
    Array.from({ length: jobs }, (_, index): WeekJob => {
      const number = 100 * (a + 1) + index
      const shape = shapeNames[index % shapeNames.length] ?? 'steady'
      const lost = (kind: string, nth: number, hours: number, factor: number): Happening => {
        const from = at(number, nth)
        return { kind, from, to: from + hours * stepsPerHour, factor, isLoss: true }
      }
      const holiday = (from: number): Happening => ({
        kind: 'holiday',
        from,
        to: from + day,
        factor: shape === 'office' || shape === 'sharp' ? 0.1 : 0.4,
        isLoss: false,
      })
      const deploy = (kind: string, factor: number): Happening => ({
        kind,
        from: at(number, 1),
        to: end,
        factor,
        isLoss: false,
      })
      const happenings = [
        ...(account === 'Rests' ? holidays.map(holiday) : []),
        ...(account === 'Deploys' && index % 3 === 0
          ? [deploy('a deploy logs half', 0.5), deploy('another logs 70 %', 0.7)]
          : []),
        ...(account === 'Deploys' && index % 3 === 1 ? [deploy('a deploy logs three times as much', 3)] : []),
        ...(index % 4 === 1 ? [lost('all is lost for ten hours', 2, 10, 0)] : []),
        ...(index % 4 === 3 ? [lost('nine of ten are lost for a day', 3, 24, 0.1)] : []),
        ...(weeks * week > learnedBy + 4 * week && a < 2 ? [accountLoss(a)] : []),
      ]
      return {
        id: String(number),
        account,
        shape,
        perHour: 20_000 * 2 ** (index % 5),
        growth: account === 'Grows' ? ([1.1, 0.92, 1.02][index % 3] ?? 1) : 1,
        laterFrom:
          account === 'Rests' && weeks * week > learnedBy + 4 * week ? learnedBy + 4 * week - day : null,
        happenings,
      }
    }),
  )
}
