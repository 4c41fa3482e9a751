import { ApiFailure, UserError } from '../../src/errors.ts'

/** What a promise failed with, as `kind: message` or `exit code: message`; fails when nothing failed. */
export async function failureText(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (error instanceof ApiFailure) return `${error.kind}: ${error.message}`
    if (error instanceof UserError) return `${error.exitCode}: ${error.message}`
    throw error
  }
  throw new Error('nothing failed')
}
