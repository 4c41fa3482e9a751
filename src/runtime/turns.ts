import type { Turn } from '../ports/runtime.ts'

/**
 * Gives those who ask a turn of the event loop each, in the order of asking: between two of them requests are read and
 * answered. `defer` runs the work soon, after what is waiting.
 */
export function createTurns(defer: (work: () => void) => void): Turn {
  const waiting: (() => void)[] = []
  const next = (): void => {
    waiting.shift()?.()
    if (waiting.length > 0) defer(next)
  }
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve)
      if (waiting.length === 1) defer(next)
    })
}
