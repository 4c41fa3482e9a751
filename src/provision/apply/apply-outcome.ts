import { type ExitCode, exitCode } from '../../errors.ts'
import type { ChangeName } from '../plan/change.ts'
import type { ResourceKind } from '../resource/resource.ts'
import { visibleText } from '../resource/visible-text.ts'

/** What a line of progress or of the report is about. Every text is fit to be seen. */
export interface Subject {
  readonly change: ChangeName | 'prove'
  readonly kind: ResourceKind | 'destination'
  /** Name of the object; of a destination, its redacted text. */
  readonly name: string
  /** E.g. `zone quay.example`. */
  readonly scope: string
}

/**
 * How a step ended:
 * - `done`; the note says what was out of the ordinary
 * - `failed`: Cloudflare or a store said no, or did not answer
 * - `refused`: what is live is not what the plan saw, so nothing was written
 * - `skipped`: something it depends on failed
 * - `not_started`: the run was stopped first
 */
export type Outcome =
  | { readonly state: 'done'; readonly id: string | null; readonly note: string | null }
  | { readonly state: 'failed' | 'refused' | 'skipped' | 'not_started'; readonly reason: string }

export interface StepOutcome {
  readonly subject: Subject
  readonly outcome: Outcome
}

export interface ApplyReport {
  readonly steps: readonly StepOutcome[]
  /** Why the run stopped before its end; null when it did not. */
  readonly stopped: string | null
}

const nothing = {
  created: 0,
  updated: 0,
  replaced: 0,
  adopted: 0,
  deleted: 0,
  failed: 0,
  refused: 0,
  skipped: 0,
  not_started: 0,
}

export type ApplySummary = Readonly<typeof nothing>

const doneName: Readonly<Record<ChangeName, keyof ApplySummary>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  adopt: 'adopted',
  delete: 'deleted',
}

/** Counts of the objects; a proof of ownership counts only when it went wrong. */
export function summarize(report: ApplyReport): ApplySummary {
  const counts = { ...nothing }
  for (const { subject, outcome } of report.steps) {
    if (outcome.state !== 'done') counts[outcome.state] += 1
    else if (subject.change !== 'prove') counts[doneName[subject.change]] += 1
  }
  return counts
}

export function applyExitCode(report: ApplyReport): ExitCode {
  return report.steps.every(({ outcome }) => outcome.state === 'done') ? exitCode.done : exitCode.failure
}

/** E.g. `create job sre-audit-logs (account acme)`. */
export function subjectText(subject: Subject): string {
  return `${stepText(subject)} (${subject.scope})`
}

/** What a step does, without where, e.g. `create job sre-http`. */
export function stepText({ change, kind, name }: Omit<Subject, 'scope'>): string {
  return change === 'prove' ? `verify ownership of ${name}` : `${change} ${kind} ${name}`
}

/** The end of a run, for people: what was done, what was not and why, and what to do next. */
export function applyReportLines(report: ApplyReport): readonly string[] {
  const counts = Object.entries(summarize(report)).filter(([, count]) => count > 0)
  const done = counts.map(([name, count]) => `${count} ${name.replace('_', ' ')}`).join(', ')
  const open = report.steps.flatMap(({ subject, outcome }) =>
    outcome.state === 'done'
      ? []
      : [`  ${outcome.state.replace('_', ' ')}: ${subjectText(subject)}: ${outcome.reason}`],
  )
  return [
    ...(report.stopped === null ? [] : [`Stopped: ${report.stopped}.`]),
    `Applied: ${done === '' ? 'nothing' : done}.`,
    ...(open.length === 0 ? [] : ['Not completed:', ...open.map(visibleText), nextStep(report)]),
  ]
}

function nextStep(report: ApplyReport): string {
  return report.steps.some(({ outcome }) => outcome.state === 'refused')
    ? 'Run plan again to see what changed, then apply.'
    : 'Run the same command again to finish.'
}
