import type { ApplySummary, Outcome, Subject } from './apply-outcome.ts'

/*
 * What happens during an apply, as it happens. `--output json` prints each event as one line; the
 * terminal and plain progress draw from the same events. Every text is free of secrets.
 */

export type StepState =
  | { readonly state: 'started' }
  /** Still at it; the reason says what is waited for. */
  | { readonly state: 'waiting'; readonly reason: string }
  | Outcome

export type ApplyEvent =
  /** `steps`: how many will be reported. */
  | { readonly event: 'begin'; readonly steps: number }
  | { readonly event: 'step'; readonly subject: Subject; readonly step: StepState }
  | { readonly event: 'end'; readonly stopped: string | null; readonly summary: ApplySummary }

/** One line of JSON: `event` and its fields, those of a step side by side. */
export function eventLine(event: ApplyEvent): string {
  return JSON.stringify(event.event === 'step' ? { event: 'step', ...event.subject, ...event.step } : event)
}
