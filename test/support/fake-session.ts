import type { PostgresSession } from '../../src/store/postgres-session.ts'

export interface FakeSession extends PostgresSession {
  /** Each statement, its white space made one, with its values. */
  readonly asked: readonly (readonly [text: string, values: readonly unknown[]])[]
  readonly ended: () => number
}

/** A session that answers with the rows of the first of these texts that a statement begins with, else with none. */
export function fakeSession(answers: Readonly<Record<string, readonly unknown[] | Error>> = {}): FakeSession {
  const gone = new AbortController()
  const asked: (readonly [string, readonly unknown[]])[] = []
  let ended = 0
  return {
    asked,
    ended: () => ended,
    async query(text, values = []) {
      const plain = text.replace(/\s+/g, ' ').trim()
      asked.push([plain, values])
      const rows = Object.entries(answers).find(([start]) => plain.startsWith(start))?.[1] ?? []
      if (rows instanceof Error) throw rows
      return rows
    },
    lost: gone.signal,
    alive: () => !gone.signal.aborted,
    lose: (reason) => gone.abort(new Error(reason)),
    async end() {
      ended += 1
    },
  }
}
