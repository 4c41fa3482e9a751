import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { codeOf, fileReason, UserError } from '../errors.ts'

/*
 * Whether a ledger file can be kept where it was asked for. A disk that fills up or fails later is something else:
 * then the exporter goes on from memory. A path that never can be written is an error of the settings, and going on
 * would lose the ledger at the next restart.
 */

/** A full or failing disk says nothing about the path. */
const passing: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EIO']

/**
 * Makes the folder of a ledger file, and checks that the folder and a file that is there can be written.
 * @throws UserError naming the path, with what to do.
 */
export function prepareStateFolder(path: string): void {
  const folder = dirname(resolve(path))
  const steps: readonly (readonly [string, () => void])[] = [
    [`the folder ${folder} cannot be created`, () => makeFolder(folder)],
    [`the folder ${folder} cannot be written`, () => accessSync(folder, constants.W_OK | constants.X_OK)],
    [`${path} cannot be written`, () => requireFile(path)],
  ]
  for (const [what, step] of steps) {
    try {
      step()
    } catch (error) {
      if (passing.includes(codeOf(error))) return
      throw new UserError(
        `--state.path: ${what}: ${fileReason(error)}. Name a file in a folder that this user may write, or :memory: to keep no state.`,
        undefined,
        { cause: error },
      )
    }
  }
}

/** Folder by folder: `recursive` never ends where the system says ENOENT although the parent is there, as in /proc. */
function makeFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found?.isDirectory() === false) throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' })
  if (found !== undefined) return
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    // Somebody else was faster.
    if (statSync(folder, { throwIfNoEntry: false }) === undefined) throw error
  }
}

function requireFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (found.isDirectory()) throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' })
  if (!found.isFile()) throw new Error('it is not a regular file')
  accessSync(path, constants.R_OK | constants.W_OK)
}
