import type { RecordStore } from '../ports/record-store.ts'

/** A store that keeps nothing over the end of the process (`--state.path=:memory:`). */
export function createMemoryStore(): RecordStore {
  const records = new Map<string, string>()
  let writes = 0
  const put = (key: string, record: unknown): void => {
    records.set(key, JSON.stringify(record))
    writes += 1
  }
  return {
    ...readingOf(records),
    put: async (key, record) => put(key, record),
    async putAll(all) {
      for (const [key, record] of all) put(key, record)
    },
    async remove(key) {
      records.delete(key)
    },
    health: () => ({ writes, failures: 0, trouble: null, persistent: false }),
    async close() {},
  }
}

export function readingOf(records: ReadonlyMap<string, string>): Pick<RecordStore, 'get' | 'keys'> {
  return {
    get(key) {
      const text = records.get(key)
      return text === undefined ? undefined : JSON.parse(text)
    },
    keys: (prefix) => [...records.keys()].filter((key) => key.startsWith(prefix)).sort(),
  }
}
