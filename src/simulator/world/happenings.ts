import type { FailureName } from './failures.ts'
import { disableTime } from './job-status.ts'
import { changePhase, type JobTimeline, latestPhase } from './job-timeline.ts'
import { notifyDisabled, notifyEnabled } from './notifications.ts'
import type { JobAction, Scenario } from './world-spec.ts'
import type { WorldState } from './world-state.ts'

/*
 * What happens by itself: the script's steps, and Cloudflare switching off jobs that fail for too long.
 * Each thing happens at its own instant, however late somebody looks, so that the outcome does not
 * depend on how often anybody does.
 */

/** Lets everything that is due by `nowMs` happen, oldest first. */
export function settleUntil(state: WorldState, nowMs: number): void {
  for (;;) {
    const next = nextHappening(state, nowMs)
    if (next === null) return
    next()
  }
}

type Happening = () => void

function nextHappening(state: WorldState, nowMs: number): Happening | null {
  let dueMs = nowMs
  let happening: Happening | null = null
  for (const job of state.doomed) {
    const atMs = job.disableAtMs
    if (atMs !== null && (atMs < dueMs || (happening === null && atMs === dueMs))) {
      dueMs = atMs
      happening = () => switchOff(state, job, atMs)
    }
  }
  state.script.forEach((step, index) => {
    const atMs = state.startMs + step.atMs
    if (atMs < dueMs || (happening === null && atMs === dueMs)) {
      dueMs = atMs
      happening = () => {
        state.script.splice(index, 1)
        if (step.everyMs !== undefined) state.script.push({ ...step, atMs: step.atMs + step.everyMs })
        const job = state.jobs.get(step.jobId)
        if (job !== undefined) actByHand(state, job, atMs, step.action)
      }
    }
  })
  return happening
}

function switchOff(state: WorldState, job: JobTimeline, atMs: number): void {
  changePhase(job, atMs, { enabled: false })
  foresee(state, job)
  report(state, job, atMs, 'Cloudflare disabled it after a day of failures')
  notifyDisabled(state, job, atMs)
}

/** Does something to a job at an instant that is not in the already told past. */
export function actOn(state: WorldState, job: JobTimeline, atMs: number, action: JobAction): void {
  if (job.deletedAtMs !== null) return
  switch (action.kind) {
    case 'break':
      changePhase(job, atMs, { scenario: { kind: 'dead', failure: action.failure } })
      break
    case 'mend':
      changePhase(job, atMs, { scenario: { kind: 'healthy' } })
      break
    case 'scenario':
      changePhase(job, atMs, { scenario: action.scenario })
      break
    case 'enable':
      if (latestPhase(job).enabled) break
      changePhase(job, atMs, { enabled: true })
      notifyEnabled(state, job, atMs)
      break
    case 'disable':
      changePhase(job, atMs, { enabled: false })
      break
    case 'delete':
      changePhase(job, atMs, { enabled: false })
      job.deletedAtMs = atMs
      break
  }
  foresee(state, job)
  report(state, job, atMs, newsOf(action))
}

/** The same by the person at the dashboard: what changes the job itself is in the audit log. */
export function actByHand(state: WorldState, job: JobTimeline, atMs: number, action: JobAction): void {
  if (job.deletedAtMs !== null) return
  actOn(state, job, atMs, action)
  const { kind } = action
  const write = { atMs, token: null }
  if (kind === 'delete') state.audit.record(job, { ...write, type: 'delete', request: null })
  if (kind === 'enable' || kind === 'disable')
    state.audit.record(job, { ...write, type: 'update', request: { enabled: kind === 'enable' } })
}

function report(state: WorldState, job: JobTimeline, atMs: number, what: string): void {
  if (atMs < state.startMs) return
  state.tell({ atMs, jobId: job.id, jobName: String(job.fields.name ?? ''), what })
}

function newsOf(action: JobAction): string {
  if (action.kind === 'break') return `its destination fails (${action.failure})`
  return news[action.kind === 'scenario' ? action.scenario.kind : action.kind]
}

const news = {
  mend: 'its destination works again',
  enable: 'it was enabled',
  disable: 'it was disabled',
  delete: 'it was deleted',
  healthy: 'all its batches are delivered at once',
  slow: 'its uploads take tens of seconds',
  retrying: 'some of its batches need several attempts',
  losing: 'it loses batches',
  dead: 'its destination fails',
  idle: 'it has nothing to send',
}

/** Recomputes when the job will be disabled; to be called after each change of the job. */
export function foresee(state: WorldState, job: JobTimeline): void {
  job.disableAtMs = disableTime(state, job)
  if (job.disableAtMs === null) state.doomed.delete(job)
  else state.doomed.add(job)
}

/** Gives a job another destination; it works unless that one is known to be out of order. */
export function changeDestination(state: WorldState, job: JobTimeline, atMs: number, conf: string): void {
  changePhase(job, atMs, {
    destinationConf: conf,
    scenario: scenarioAt(state, conf, latestPhase(job).scenario),
  })
  foresee(state, job)
}

function scenarioAt(state: WorldState, conf: string, before: Scenario): Scenario {
  const failure = destinationFailure(state, conf)
  if (failure !== null) return { kind: 'dead', failure }
  return before.kind === 'dead' ? { kind: 'healthy' } : before
}

/** Why uploads to the destination would fail now; null when they would not. */
export function destinationFailure(state: WorldState, conf: string): FailureName | null {
  for (const [prefix, failure] of state.brokenDestinations) if (conf.startsWith(prefix)) return failure
  for (const job of state.jobs.values()) {
    const { destinationConf, scenario } = latestPhase(job)
    if (job.deletedAtMs === null && scenario.kind === 'dead' && destinationConf === conf)
      return scenario.failure
  }
  return null
}
