import type { ListedObject, ObjectLister } from '../../src/ports/object-lister.ts'

export interface FakeStore extends ObjectLister {
  put(key: string, bytes: number, written: number): void
  remove(key: string): void
  /** Thrown by the next lists; null: they work. */
  trouble: Error | null
  /** Whether a listing begins where it is asked to. */
  seeks: boolean
  readonly calls: number
}

/** A store of one bucket that lists in pages, in memory. */
export function createFakeStore(pageSize = 1_000): FakeStore {
  const objects = new Map<string, ListedObject>()
  let calls = 0
  const store: FakeStore = {
    trouble: null,
    seeks: true,
    get calls() {
      return calls
    },
    put: (key, bytes, written) => void objects.set(key, { key, bytes, written }),
    remove: (key) => void objects.delete(key),
    async list({ prefix, after, until, cursor }) {
      calls += 1
      if (store.trouble !== null) throw store.trouble
      const start = cursor ?? (store.seeks ? after : '')
      const found = [...objects.values()]
        .filter(({ key }) => key.startsWith(prefix) && key > start && key < until)
        .sort((a, b) => (a.key < b.key ? -1 : 1))
      const page = found.slice(0, pageSize)
      return {
        objects: page.filter(({ key }) => key > after),
        cursor: found.length > pageSize ? (page.at(-1)?.key ?? null) : null,
        sought: page.every(({ key }) => key > after),
      }
    },
    close: () => {},
  }
  return store
}
