import type { Dirent } from 'node:fs'
import { mkdir, readdir, readFile, rename, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { KeyRefused, type ObjectStore } from './object-store.ts'

/*
 * A folder as an object store: `<folder>/<bucket>/<key>`. A bucket exists from its first object on. Files come into
 * being whole: they are written beside the buckets and moved into place.
 */

export interface FolderStore extends ObjectStore {
  buckets(): Promise<readonly string[]>
  /** Null when there is no such object. */
  read(bucket: string, key: string): Promise<Buffer | null>
  /** Size and time of the object; null when there is none. */
  head(bucket: string, key: string): Promise<StoredObject | null>
  /** All objects after a key whose own begins with the prefix, in the order of their keys' bytes; null: no such bucket. */
  list(bucket: string, prefix: string, after?: string): Promise<readonly StoredObject[] | null>
}

export interface StoredObject {
  readonly key: string
  readonly bytes: number
  readonly modifiedMs: number
}

/** Holds what is being written. No bucket can have this name. */
const writing = '.writing'

/**
 * Opens the folder, which is made when only its last part is missing.
 * @throws the file system's own error when it cannot be had.
 */
export async function openFolderStore(folder: string): Promise<FolderStore> {
  // Not recursive: a mistyped path is told, not made.
  await mkdir(folder).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error
  })
  await mkdir(join(folder, writing), { recursive: true })
  let writes = 0

  return {
    async put(bucket, key, body, { writtenMs, bytes }) {
      const path = pathOf(folder, bucket, key)
      if (path === null) throw new KeyRefused(`a folder cannot hold ${bucket}/${key}`)
      writes += 1
      const draft = join(folder, writing, `${process.pid}-${writes}`)
      await writeFile(draft, body)
      // A hole: it has its length, and takes no room on the disk.
      if (bytes !== undefined && bytes > Buffer.byteLength(body)) await truncate(draft, bytes)
      if (writtenMs !== undefined) await utimes(draft, writtenMs / 1_000, writtenMs / 1_000)
      await mkdir(dirname(path), { recursive: true })
      await rename(draft, path)
    },
    async buckets() {
      const entries = await readdir(folder, { withFileTypes: true })
      return entries
        .filter((entry) => entry.isDirectory() && isBucket(entry.name))
        .map(({ name }) => name)
        .sort(byBytes)
    },
    read: (bucket, key) => orNull(pathOf(folder, bucket, key), (path) => readFile(path)),
    head: (bucket, key) => orNull(pathOf(folder, bucket, key), (path) => describe(path, key)),
    async list(bucket, prefix, after = '') {
      if (!isBucket(bucket)) return null
      const root = join(folder, bucket)
      if ((await orNull(root, (path) => readdir(path))) === null) return null
      // Only below the last folder that the prefix names whole.
      const base = prefix.slice(0, prefix.lastIndexOf('/') + 1)
      if (base !== '' && !base.slice(0, -1).split('/').every(isSegment)) return []
      const found: StoredObject[] = []
      await walk(root, base, { prefix, after, found })
      return found.sort((a, b) => byBytes(a.key, b.key))
    },
  }
}

/** What is asked of a listing, and what was found so far. */
interface Walk {
  readonly prefix: string
  readonly after: string
  readonly found: StoredObject[]
}

async function walk(root: string, base: string, walked: Walk): Promise<void> {
  const { prefix, after, found } = walked
  const entries = await orNull(
    join(root, base),
    (path): Promise<Dirent[]> => readdir(path, { withFileTypes: true }),
  )
  for (const entry of entries ?? []) {
    const key = `${base}${entry.name}`
    const below = `${key}/`
    if (entry.isDirectory()) {
      // Either the key to begin after lies in it, or all that is in it comes later.
      const reaches = after.startsWith(below) || byBytes(below, after) > 0
      if (reaches && (below.startsWith(prefix) || prefix.startsWith(below))) await walk(root, below, walked)
    } else if (key.startsWith(prefix) && byBytes(key, after) > 0) {
      const object = await orNull(join(root, key), (path) => describe(path, key))
      if (object !== null) found.push(object)
    }
  }
}

async function describe(path: string, key: string): Promise<StoredObject | null> {
  const facts = await stat(path)
  return facts.isFile() ? { key, bytes: facts.size, modifiedMs: Math.round(facts.mtimeMs) } : null
}

/** Null when a folder cannot hold it, or it would lie outside. */
function pathOf(folder: string, bucket: string, key: string): string | null {
  return isBucket(bucket) && key.split('/').every(isSegment) ? join(folder, bucket, key) : null
}

function isBucket(name: string): boolean {
  return isSegment(name) && !name.startsWith('.')
}

/** A name that no file system reads as something else. */
function isSegment(name: string): boolean {
  return !['', '.', '..'].includes(name) && !/[/\\\0]/.test(name) && Buffer.byteLength(name) <= 255
}

/** UTF-8 order, as stores list their keys. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

async function orNull<T>(path: string | null, use: (path: string) => Promise<T | null>): Promise<T | null> {
  if (path === null) return null
  try {
    return await use(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) return null
    throw error
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
