/** One request as the simulator saw it; never a header or a body, so never a secret. */
export interface LoggedRequest {
  /** Simulated time. */
  readonly atMs: number
  readonly api: 'rest' | 'graphql'
  readonly operation: string
  readonly method: string
  readonly path: string
  /** 0 when there was no answer. */
  readonly status: number
}

export type RequestLog = ReturnType<typeof createRequestLog>

export function createRequestLog(keep = 500) {
  const counts = new Map<string, number>()
  let recent: LoggedRequest[] = []
  return {
    add: (request: LoggedRequest): void => {
      const key = `${request.api} ${request.operation}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
      recent.push(request)
      if (recent.length > 2 * keep) recent = recent.slice(-keep)
    },
    /** The latest ones, oldest first. */
    recent: (): readonly LoggedRequest[] => recent.slice(-keep),
    /** How many there were, by `<api> <operation>`. */
    counts: (): ReadonlyMap<string, number> => counts,
    /** How many there were of one operation, or in all. */
    count: (operation?: string): number => {
      let sum = 0
      for (const [key, count] of counts) {
        if (operation === undefined || key.endsWith(` ${operation}`)) sum += count
      }
      return sum
    },
    clear: (): void => {
      counts.clear()
      recent = []
    },
  }
}
