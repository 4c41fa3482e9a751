import { writeFileSync } from 'node:fs'
import { exitCode, fileReason, UserError } from '../../errors.ts'

/** Writes what `--out` asks for; with the flag `wx` only a new file. @throws UserError when it cannot be written. */
export function writeOut(path: string, text: string, flag: 'w' | 'wx' = 'w'): void {
  try {
    writeFileSync(path, text, { flag })
  } catch (error) {
    throw new UserError(`--out: cannot write ${path}: ${fileReason(error)}`, exitCode.failure)
  }
}
