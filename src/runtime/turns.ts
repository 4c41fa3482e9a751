import type { Turns } from '../ports/runtime.ts'

/**
 * Gives those who ask a turn of the event loop each, in the order of asking: between two of them requests are read and
 * answered. `defer` runs the work soon, after what is waiting.
 */
export function createTurns(defer: (work: () => void) => void): Turns {
  const beginning: (() => void)[] = []
  const finishing: (() => void)[] = []
  const waiters = (): number => beginning.length + finishing.length
  const next = (): void => {
    const go = finishing.shift() ?? beginning.shift()
    go?.()
    if (waiters() > 0) defer(next)
  }
  const waitIn = (line: (() => void)[]): Promise<void> =>
    new Promise((resolve) => {
      line.push(resolve)
      if (waiters() === 1) defer(next)
    })
  return { toBegin: () => waitIn(beginning), toFinish: () => waitIn(finishing) }
}
