import { InternalError } from '../../errors.ts'
import type { Plan } from '../plan/change.ts'
import { type ApplyReport, type Outcome, stepText, summarize } from './apply-outcome.ts'
import { type ApplyDeps, endOf, reportState, subjectOf } from './apply-step.ts'
import { type Step, stepsOf } from './apply-steps.ts'

/*
 * Carries out a plan. Steps start in the plan's order, `parallel` at a time, each once what it waits for
 * is done; a failure holds back its dependents and nothing else. Told to stop, it lets the writes that
 * are under way end, starts no other, and says what is left.
 */

export interface ApplyOptions {
  readonly parallel: number
  readonly signal: AbortSignal
}

export async function applyPlan(plan: Plan, deps: ApplyDeps, options: ApplyOptions): Promise<ApplyReport> {
  const steps = stepsOf(plan.changes)
  const outcomes = new Map<string, Outcome>()
  let stopped: string | null = null
  deps.onEvent({ event: 'begin', steps: steps.length })

  const settle = (step: Step, outcome: Outcome): void => {
    outcomes.set(step.key, outcome)
    reportState(deps, step, outcome)
  }
  const runStep = async (step: Step): Promise<void> => {
    reportState(deps, step, { state: 'started' })
    const end = await endOf(step, deps, options.signal)
    stopped ??= end.stop
    settle(step, end.outcome)
  }
  let bug: unknown = null

  const waiting = new Set(steps)
  const running = new Set<Promise<void>>()
  while (waiting.size > 0 || running.size > 0) {
    if (options.signal.aborted) stopped ??= 'interrupted'
    const before = waiting.size
    for (const step of waiting) {
      if (stopped !== null) {
        waiting.delete(step)
        settle(step, { state: 'not_started', reason: stopped })
        continue
      }
      const blocker = step.after.find((key) => isUndone(outcomes.get(key)))
      if (blocker !== undefined) {
        waiting.delete(step)
        settle(step, { state: 'skipped', reason: blockedBy(steps, blocker) })
      } else if (running.size < options.parallel && step.after.every((key) => outcomes.has(key))) {
        waiting.delete(step)
        const run = runStep(step)
          .catch((error: unknown) => {
            bug ??= error
            stopped ??= 'an internal error'
          })
          .finally(() => running.delete(run))
        running.add(run)
      }
    }
    if (running.size > 0) await Promise.race(running)
    else if (waiting.size === before) throw new InternalError('the steps of a plan wait for each other')
  }
  if (bug !== null) throw bug
  const applied = {
    steps: steps.flatMap((step) => {
      const outcome = outcomes.get(step.key)
      return outcome === undefined ? [] : [{ subject: subjectOf(step), outcome }]
    }),
    stopped,
  }
  deps.onEvent({ event: 'end', stopped, summary: summarize(applied) })
  return applied
}

function isUndone(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && outcome.state !== 'done'
}

function blockedBy(steps: readonly Step[], key: string): string {
  const blocker = steps.find((step) => step.key === key)
  if (blocker === undefined) return 'something it depends on was not completed'
  return `depends on "${stepText(subjectOf(blocker))}", which was not completed`
}
