import { cutToWidth } from '../../domain/text-width.ts'
import type { ApplyEvent, StepState } from '../apply/apply-event.ts'
import { eventLine } from '../apply/apply-event.ts'
import { type Outcome, type Subject, subjectText } from '../apply/apply-outcome.ts'
import { visibleText } from '../resource/visible-text.ts'
import type { Colors } from './render-text.ts'

export interface ProgressDisplay {
  show(event: ApplyEvent): void
}

export interface TerminalProgress extends ProgressDisplay {
  /** Writes whole lines from elsewhere above what is drawn. */
  above(text: string): void
}

export function jsonProgress(line: (text: string) => void): ProgressDisplay {
  return { show: (event) => line(eventLine(event)) }
}

/** One line whenever an object is finished or has to wait: for logs of a pipeline. */
export function plainProgress(line: (text: string) => void): ProgressDisplay {
  let total = 0
  let ended = 0
  /** What each object was last said to wait for: a wait that goes on is not news. */
  const said = new Map<string, string>()
  return {
    show(event) {
      if (event.event === 'begin') total = event.steps
      if (event.event !== 'step' || event.step.state === 'started') return
      const text = stepText(event.subject, event.step)
      if (said.get(subjectText(event.subject)) === text) return
      said.set(subjectText(event.subject), text)
      if (event.step.state !== 'waiting') ended += 1
      line(`[${ended}/${total}] ${text}`)
    },
  }
}

/** A drawing taller than the window could not be taken back. */
const maxLive = 8

/**
 * On a terminal: a line that stays for each finished object, and below them one for each that is being
 * worked on, drawn again on every event. `write` gets text with cursor movements.
 */
export function terminalProgress(
  write: (text: string) => void,
  columns: () => number,
  paint: Colors,
): TerminalProgress {
  const live = new Map<string, string>()
  let total = 0
  let ended = 0
  let drawn = 0
  const redraw = (finished: string | null): void => above(finished === null ? '' : `${finished}\n`)
  const above = (text: string): void => {
    const up = drawn === 0 ? '' : `\u001b[${drawn}A\u001b[0J`
    const more = live.size > maxLive ? [`… and ${live.size - maxLive} more`] : []
    const lines = [...[...live.values()].slice(0, maxLive), ...more, `${ended} of ${total} done`]
    const below = ended === total ? [] : lines.map((line) => paint.dim(cutToWidth(line, columns())))
    drawn = below.length
    write(`${up}${text}${below.map((line) => `${line}\n`).join('')}`)
  }
  return {
    above,
    show(event) {
      if (event.event === 'begin') total = event.steps
      if (event.event !== 'step') return
      const { subject, step } = event
      const key = subjectText(subject)
      if (step.state === 'started' || step.state === 'waiting') {
        live.set(key, `… ${stepText(subject, step)}`)
        redraw(null)
        return
      }
      live.delete(key)
      ended += 1
      const [color, sign] = marks[step.state]
      redraw(`${paint[color](sign)} ${stepText(subject, step)}`)
    },
  }
}

const marks: Readonly<Record<Outcome['state'], readonly [keyof Colors, string]>> = {
  done: ['green', '✔'],
  failed: ['red', '✖'],
  refused: ['yellow', '✋'],
  skipped: ['dim', '–'],
  not_started: ['dim', '–'],
}

/** E.g. `create job sre-audit-logs (account acme): done`. */
function stepText(subject: Subject, step: StepState): string {
  return visibleText(`${subjectText(subject)}: ${stateText(step)}`)
}

function stateText(step: StepState): string {
  switch (step.state) {
    case 'started':
      return 'in progress'
    case 'waiting':
      return `waiting: ${step.reason}`
    case 'done':
      return step.note === null ? 'done' : `done; ${step.note}`
    default:
      return `${step.state.replace('_', ' ')}: ${step.reason}`
  }
}
