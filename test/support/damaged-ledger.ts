import { closeSync, openSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import { storeDeps } from './ledger-store.ts'

/** A ledger's record of a usual size, of which each digit can be checked. */
export function record(key: string): { readonly key: string; readonly totals: readonly number[] } {
  const seed = [...key].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 7)
  return { key, totals: Array.from({ length: 120 }, (_, i) => seed * (i + 1)) }
}

/** Writes a ledger and closes it; answers how many records are in it. */
export async function writtenLedger(path: string): Promise<number> {
  const store = await openSqliteStore(storeDeps(path))
  const keys = Array.from({ length: 60 }, (_, i) => `ledger:zone:${i}`)
  for (const key of keys) await store.put(key, record(key))
  await store.close()
  return keys.length
}

function pseudoRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function randomBytes(length: number): Buffer {
  const next = pseudoRandom(length)
  return Buffer.from(Array.from({ length }, () => Math.floor(next() * 256)))
}

function overwrite(path: string, from: number, bytes: Buffer): void {
  const file = openSync(path, 'r+')
  writeSync(file, bytes, 0, bytes.length, from)
  closeSync(file)
}

function flipBits(path: string, count: number, seed: number): void {
  const bytes = readFileSync(path)
  const next = pseudoRandom(seed)
  for (let i = 0; i < count; i += 1) {
    const at = Math.floor(next() * bytes.length)
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << Math.floor(next() * 8)), at)
  }
  writeFileSync(path, bytes)
}

const size = (path: string): number => statSync(path).size

/** What can happen to a file, each by its name. */
export const damages: ReadonlyMap<string, (path: string) => void> = new Map<string, (path: string) => void>([
  ['nothing wrong', () => {}],
  ['no byte', (path) => truncateSync(path, 0)],
  ['its first 100 bytes', (path) => truncateSync(path, 100)],
  ['its first page', (path) => truncateSync(path, 4096)],
  ['its first two pages', (path) => truncateSync(path, 8192)],
  ['its first half', (path) => truncateSync(path, Math.floor(size(path) / 2))],
  ['half of its last page', (path) => truncateSync(path, size(path) - 2048)],
  ['random bytes', (path) => writeFileSync(path, randomBytes(size(path)))],
  ['a random tail', (path) => overwrite(path, 8192, randomBytes(size(path) - 8192))],
  ['a random page in the middle', (path) => overwrite(path, 4096 * 5, randomBytes(4096))],
  ['a random header', (path) => overwrite(path, 0, randomBytes(100))],
  ['zeros', (path) => writeFileSync(path, Buffer.alloc(size(path)))],
  ['zeros at its end', (path) => overwrite(path, 8192, Buffer.alloc(size(path) - 8192))],
  ['text', (path) => writeFileSync(path, 'level=info msg="not a ledger"\n'.repeat(500))],
  ['400 changed bits', (path) => flipBits(path, 400, 1)],
  ['20 changed bits', (path) => flipBits(path, 20, 2)],
  ['1 changed bit', (path) => flipBits(path, 1, 3)],
  ['another changed bit', (path) => flipBits(path, 1, 99)],
  ['a log of changes that is not its own', (path) => writeFileSync(`${path}-wal`, randomBytes(9000))],
  ['a rollback journal that is not its own', (path) => writeFileSync(`${path}-journal`, randomBytes(9000))],
  [
    'the header of LMDB',
    (path) => {
      const bytes = Buffer.alloc(32_768)
      bytes.writeUInt32LE(0xbeefc0de, 16)
      writeFileSync(path, bytes)
    },
  ],
])
