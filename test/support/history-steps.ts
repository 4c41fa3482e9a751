import type { HistoryJob, Step } from './history-world.ts'

/* What may happen to jobs and exporters in a history. */

export const each =
  (
    change: (job: HistoryJob, now: number) => void,
    pick: (job: HistoryJob, index: number) => boolean = () => true,
  ): Step =>
  (world, { now }) => {
    for (const job of world.jobs.filter(pick)) change(job, now)
  }
export const first = (_: HistoryJob, index: number): boolean => index === 0

export const breaks = (job: HistoryJob, now: number): void => {
  job.failingSince = now
  job.completeTo = now
}
export const well = (job: HistoryJob): void => {
  Object.assign(job, {
    failingSince: null,
    completeTo: null,
    catchUp: null,
    enabled: true,
    disabledByFailure: false,
  })
}
export const catchesUp = (job: HistoryJob, now: number): void => {
  job.failingSince = null
  job.catchUp = { from: job.completeTo ?? now, at: now }
}
export const stops = (job: HistoryJob, now: number): void => {
  job.completeTo = now
}
export const cloudflareDisables = (job: HistoryJob): void => {
  Object.assign(job, { enabled: false, disabledByFailure: true, failingSince: null })
}
export const personDisables = (job: HistoryJob): void => {
  Object.assign(job, { enabled: false, failingSince: null })
}
export const loses = (job: HistoryJob): void => {
  job.lost += 1
}
export const exporter =
  (running: boolean): Step =>
  ({ replicas }) => {
    for (const replica of replicas) replica.running = running
  }
/** One replica, or all, read nothing any more, or only not some zones. */
export const reads =
  (can: boolean, which?: number, onlyFirstZone = false): Step =>
  (world, { now }) => {
    const jobs = world.jobs.map((job) => ({ ...job, completeTo: job.completeTo ?? now }))
    const zones = onlyFirstZone ? world.jobs.slice(0, 1).map(({ zone }) => zone) : null
    for (const replica of which === undefined ? world.replicas : world.replicas.slice(which, which + 1))
      replica.frozen = can ? null : { at: now, jobs, zones }
  }
export const moves: Step = (world) => {
  for (const replica of world.replicas) replica.namespace = `${world.namespace}-new`
}
export const silence: Step = async ({ namespace }, { now, alertmanager }) => {
  const answer = await fetch(`${alertmanager}/api/v2/silences`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      matchers: [{ name: 'namespace', value: namespace, isRegex: false, isEqual: true }],
      startsAt: new Date(now).toISOString(),
      endsAt: new Date(now + 5_000).toISOString(),
      createdBy: 'test',
      comment: 'test',
    }),
  })
  if (!answer.ok) throw new Error(`silence: ${await answer.text()}`)
}

export const longAgo = (hours: number, factor: number) => (job: HistoryJob, now: number) => {
  job.failingSince = now - (hours * 3_600_000) / factor
}
