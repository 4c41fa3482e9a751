import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileReason } from '../errors.ts'
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

export interface PrivateFile<T> {
  read(): Promise<T>
  /** Reads, changes and writes, one change at a time. */
  change(edit: (content: T) => T): Promise<void>
}

export interface Format<T> {
  readonly empty: T
  /** Null for what this program did not write. */
  readonly decode: (value: unknown) => T | null
  readonly encode: (content: T) => object
}

export function createPrivateFile<T>(deps: PrivateFileDeps, format: Format<T>): PrivateFile<T> {
  const { path, log } = deps
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <R>(work: () => Promise<R>): Promise<R> => {
    const next = last.then(work, work)
    last = next
    return next
  }
  const read = async (): Promise<T> => {
    try {
      const content = format.decode(JSON.parse(await readFile(path, 'utf8')))
      if (content !== null) return content
      log.warn({ path, reason: 'not written by this program' }, 'cache not read')
    } catch (error) {
      const reason = error instanceof SyntaxError ? 'not valid JSON' : fileReason(error)
      if (!isMissing(error)) log.warn({ path, reason }, 'cache not read')
    }
    return format.empty
  }
  return {
    read: () => inTurn(read),
    change: (edit) =>
      inTurn(async () => {
        try {
          await replaceFile(deps, `${JSON.stringify(format.encode(edit(await read())), null, 2)}\n`)
        } catch (error) {
          log.warn({ path, reason: fileReason(error) }, 'cache not written')
        }
      }),
  }
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

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
