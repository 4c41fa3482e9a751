/** Whether this exporter has something to say yet, and still will. Never asks Cloudflare. */
export type ReadinessState =
  /** `standby`: what this process waits for while others do the work. */
  { readonly ready: true; readonly standby?: string } | { readonly ready: false; readonly reason: string }

/** What has to finish once, successfully or not, before the exporter counts as ready. */
export interface PollProgress {
  readonly stopping: boolean
  readonly waitingFor: string | null
}

export type ReadinessGate = ReturnType<typeof createReadinessGate>

export function createReadinessGate(steps: readonly string[]) {
  const open = new Map<string, () => void>()
  const waits = new Map<string, Promise<void>>()
  for (const step of steps) waits.set(step, new Promise((resolve) => open.set(step, resolve)))
  let stopping = false
  return {
    /** Marks a step as done for the first time. */
    done(step: string): void {
      open.get(step)?.()
      open.delete(step)
    },
    stopping(): void {
      stopping = true
    },
    progress: (): PollProgress => ({ stopping, waitingFor: [...open.keys()][0] ?? null }),
    /** Resolves when the step is done for the first time. */
    after: (step: string): Promise<void> => waits.get(step) ?? Promise.resolve(),
  }
}
