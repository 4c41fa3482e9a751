import type { Clock } from '../ports/runtime.ts'

/*
 * npm and npx run a program below a shell. When they are killed, no signal reaches it, and it would go on with
 * nobody to stop it.
 */

const everyMs = 500

/** A signal that aborts when the parent of this process ends; at the latest `everyMs` later. */
export function parentGone(
  parentPid: () => number,
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
): AbortSignal {
  const gone = new AbortController()
  const parent = parentPid()
  const watch = async (): Promise<void> => {
    while (!signal.aborted && parentPid() === parent) await clock.sleep(everyMs, signal)
    if (!signal.aborted) gone.abort()
  }
  void watch()
  return gone.signal
}

/** Whether npm or npx started this process: then it ends when they do. */
export function isBelowNpm(env: Readonly<Record<string, string | undefined>>): boolean {
  return env.npm_lifecycle_event !== undefined || env.npm_command !== undefined
}
