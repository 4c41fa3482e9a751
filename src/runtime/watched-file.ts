import { readFile, stat } from 'node:fs/promises'
import { Secret } from '../domain/secret.ts'
import { fileReason, UserError } from '../errors.ts'
import type { Clock } from '../ports/runtime.ts'

/*
 * A small file with a secret in it, read again when it changes.
 *
 * The file is looked at when the secret is asked for, at most every few seconds, and read only when its time,
 * size or inode differ (Kubernetes swaps a link, others write in place). `refresh` makes the next use read it
 * whatever it looks like: for when the secret was just refused. Once a good secret was read, a file that cannot be
 * read or is empty for a moment, as while it is being written, changes nothing but is told to `onProblem`.
 */

export interface WatchedFile {
  /**
   * The secret as it is now, without white space around it.
   * @throws UserError naming the file when there never was a readable, non-empty one.
   */
  current(): Promise<Secret>
  /** The last secret read; null before the first. */
  latest(): Secret | null
  /** Makes the next `current` read the file. */
  refresh(): void
}

export interface WatchedFileOptions {
  readonly path: string
  /** How messages name it, e.g. `--cloudflare.api-token-file`. */
  readonly title: string
  readonly clock: Pick<Clock, 'monotonic'>
  /** Told once when the file becomes unreadable (the text says why) and once when it is well again (null). */
  readonly onProblem?: (problem: string | null) => void
  /** Told when another secret than before was read. */
  readonly onChange?: () => void
}

/** How long a look at the file counts. */
const checkIntervalMs = 3_000

/** A secret file is small: anything larger is the wrong file, and not worth the memory. */
const maxBytes = 65_536

export function createWatchedFile(options: WatchedFileOptions): WatchedFile {
  const { path, title, clock } = options
  let known: { readonly secret: Secret; readonly mark: string } | null = null
  let lookedAt = Number.NEGATIVE_INFINITY
  let mustRead = true
  let troubled = false
  let underWay: Promise<void> | null = null

  async function look(): Promise<void> {
    lookedAt = clock.monotonic()
    const forced = mustRead
    mustRead = false
    try {
      const { mtimeMs, size, ino } = await stat(path)
      const mark = `${mtimeMs} ${size} ${ino}`
      if (forced || known?.mark !== mark) {
        if (size > maxBytes) throw new UserError(`${title}: ${path} is too large to hold a secret`)
        const secret = new Secret((await readFile(path, 'utf8')).trim())
        if (secret.equals(new Secret(''))) throw new UserError(`${title}: ${path} is empty`)
        const changed = known !== null && !known.secret.equals(secret)
        known = { secret, mark }
        if (changed) options.onChange?.()
      }
      if (troubled) options.onProblem?.(null)
      troubled = false
    } catch (error) {
      const problem = asUserError(error, title, path)
      if (known === null) throw problem
      if (!troubled) options.onProblem?.(problem.message)
      troubled = true
    }
  }

  return {
    async current() {
      const due = mustRead || known === null || clock.monotonic() - lookedAt >= checkIntervalMs
      if (due || underWay !== null) {
        underWay ??= look().finally(() => {
          underWay = null
        })
        await underWay
      }
      // `look` either left a secret or threw.
      if (known === null) throw new UserError(`${title}: ${path} contains no secret`)
      return known.secret
    },
    latest: () => known?.secret ?? null,
    refresh() {
      mustRead = true
    },
  }
}

function asUserError(error: unknown, title: string, path: string): UserError {
  if (error instanceof UserError) return error
  return new UserError(`${title}: cannot read ${path}: ${fileReason(error)}`, undefined, { cause: error })
}
