import type { RecordStore } from '../ports/record-store.ts'

/** A store that keeps nothing over the end of the process (`--state.path=:memory:`). */
export function createMemoryStore(): RecordStore {
  const records = new Map<string, string>()
  let writes = 0
  return {
    get(key) {
      const text = records.get(key)
      return text === undefined ? undefined : JSON.parse(text)
    },
    keys: (prefix) => [...records.keys()].filter((key) => key.startsWith(prefix)).sort(),
    async put(key, record) {
      records.set(key, JSON.stringify(record))
      writes += 1
    },
    async remove(key) {
      records.delete(key)
    },
    health: () => ({ writes, failures: 0, trouble: null, persistent: false }),
    async close() {},
  }
}
