import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isObject } from '../domain/plain-value.ts'
import { codeOf, fileReason } from '../errors.ts'
import type { Log } from '../ports/runtime.ts'

/*
 * Small JSON files that only their owner may read. Written to a new file that then takes the old one's
 * place: a reader, or a crash at any instant, sees the old content or the new one. They only save work:
 * one that cannot be read or written is logged, and never an error.
 */

export interface PrivateFileDeps {
  readonly path: string
  readonly pid: number
  readonly log: Log
}

type Records<T> = ReadonlyMap<string, T>

export interface PrivateFile<T> {
  read(): Promise<Records<T>>
  /** Reads, changes and writes, one change at a time. */
  change(edit: (records: Records<T>) => Records<T>): Promise<void>
}

export interface Format<T> {
  /** Under which name the records stand. */
  readonly name: string
  /** Null for what this program did not write. */
  readonly decode: (value: unknown) => T | null
  readonly encode: (record: T) => object
}

export function createPrivateFile<T>(deps: PrivateFileDeps, format: Format<T>): PrivateFile<T> {
  const { path, log } = deps
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <R>(work: () => Promise<R>): Promise<R> => {
    const next = last.then(work, work)
    last = next
    return next
  }
  const read = async (): Promise<Records<T>> => {
    try {
      const content = decoded(JSON.parse(await readFile(path, 'utf8')), format)
      if (content !== null) return content
      log.warn({ path, reason: 'not written by this program' }, 'cache not read')
    } catch (error) {
      const reason = error instanceof SyntaxError ? 'not valid JSON' : fileReason(error)
      if (codeOf(error) !== 'ENOENT') log.warn({ path, reason }, 'cache not read')
    }
    return new Map()
  }
  return {
    read: () => inTurn(read),
    change: (edit) =>
      inTurn(async () => {
        try {
          await replaceFile(deps, `${JSON.stringify(encoded(edit(await read()), format), null, 2)}\n`)
        } catch (error) {
          log.warn({ path, reason: fileReason(error) }, 'cache not written')
        }
      }),
  }
}

function encoded<T>(records: Records<T>, { name, encode }: Format<T>): object {
  const entries = [...records].map(([key, record]) => [key, encode(record)])
  return { version: 1, [name]: Object.fromEntries(entries) }
}

function decoded<T>(value: unknown, { name, decode }: Format<T>): Records<T> | null {
  const records = isObject(value) && value.version === 1 ? value[name] : null
  if (!isObject(records)) return null
  return new Map(
    Object.entries(records).flatMap(([key, entry]): [string, T][] => {
      const record = decode(entry)
      return record === null ? [] : [[key, record]]
    }),
  )
}

async function replaceFile({ path, pid }: PrivateFileDeps, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${pid}`
  let file: FileHandle | null = null
  try {
    file = await open(temporary, 'w', 0o600)
    // A file left by a crashed run keeps its old mode when it is opened.
    await file.chmod(0o600)
    await file.writeFile(text)
    await file.sync()
    await file.close()
    await rename(temporary, path)
  } catch (error) {
    await file?.close()
    await rm(temporary, { force: true })
    throw error
  }
}
