/** Whether this exporter has something to say yet, and still will. Never asks Cloudflare. */
export type ReadinessState =
  /** `standby`: what this process waits for while others do the work. */
  { readonly ready: true; readonly standby?: string } | { readonly ready: false; readonly reason: string }

/** What has to finish once, successfully or not, before the exporter counts as ready. */
export interface PollProgress {
  readonly stopping: boolean
  readonly waitingFor: string | null
}

export interface ReadinessGate {
  /** Marks a step as done for the first time. */
  done(step: string): void
  stopping(): void
  progress(): PollProgress
  /** Resolves when the step is done for the first time. */
  after(step: string): Promise<void>
}

export function createReadinessGate(steps: readonly string[]): ReadinessGate {
  const open = new Map<string, () => void>()
  const waits = new Map<string, Promise<void>>()
  for (const step of steps) waits.set(step, new Promise((resolve) => open.set(step, resolve)))
  let stopping = false
  return {
    done(step) {
      open.get(step)?.()
      open.delete(step)
    },
    stopping() {
      stopping = true
    },
    progress: () => ({ stopping, waitingFor: [...open.keys()][0] ?? null }),
    after: (step) => waits.get(step) ?? Promise.resolve(),
  }
}
