import { createHash } from 'node:crypto'
import { ApiFailure } from '../../src/errors.ts'

/** One call to a fake API, seen from both of its sides. */
export interface FakeCall {
  readonly operation: string
  readonly write: boolean
  /** `after`: it has been done, but the caller will not hear of it if the interceptor throws. */
  readonly phase: 'before' | 'after'
  readonly scope: string
  /** The body of a write, secrets included; null for a read. */
  readonly body: unknown
}

/** What the fakes share: the record of calls, the interceptor, ids. */
export interface FakeCore {
  readonly calls: string[]
  intercept: (call: FakeCall) => void
  nextNumber(): string
  nextId(): string
  read<T>(operation: string, scope: string, run: () => T): Promise<T>
  write<T>(operation: string, scope: string, body: unknown, run: () => T): Promise<T>
}

export function createFakeCore(): FakeCore {
  let next = 1000
  async function call<T>(seen: Omit<FakeCall, 'phase'>, run: () => T): Promise<T> {
    core.calls.push(`${seen.operation} ${seen.scope}`)
    core.intercept({ ...seen, phase: 'before' })
    const result = run()
    core.intercept({ ...seen, phase: 'after' })
    return result
  }
  const core: FakeCore = {
    calls: [],
    intercept: () => {},
    nextNumber: () => String(next++),
    nextId: () => createHash('sha256').update(String(next++)).digest('hex').slice(0, 32),
    read: (operation, scope, run) => call({ operation, scope, write: false, body: null }, run),
    write: (operation, scope, body, run) => call({ operation, scope, write: true, body }, run),
  }
  return core
}

export function refuse(operation: string, status: number, message: string): never {
  const kind = status === 404 ? 'not_found' : status === 403 ? 'forbidden' : 'invalid_request'
  throw new ApiFailure(kind, message, { operation, status })
}

/** Objects by scope, then by id. */
export class Shelf<V> extends Map<string, Map<string, V>> {
  of(scope: string): Map<string, V> {
    const found = this.get(scope) ?? new Map<string, V>()
    this.set(scope, found)
    return found
  }
  /** All objects in an order that does not depend on when they were made. */
  sorted(view: (value: V, scope: string) => unknown): unknown {
    return [...this]
      .filter(([, inner]) => inner.size > 0)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([scope, inner]) => [
        scope,
        [...inner.values()]
          .map((value) => view(value, scope))
          .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
      ])
  }
}
