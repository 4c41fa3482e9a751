import { ApiFailure } from '../errors.ts'

/** Something that was tried with the outside. */
export type Attempted<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: ApiFailure }

/** Runs it and hands over a failure of the outside as a value. Throws when we gave up ourselves, and our bugs. */
export async function attempt<T>(run: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.kind === 'aborted') throw error
    return { ok: false, failure: error }
  }
}

/** Cloudflare has answered, and says no to this token or to what was asked. */
export function isRefusal({ kind }: ApiFailure): boolean {
  return kind === 'forbidden' || kind === 'auth' || kind === 'not_found' || kind === 'invalid_request'
}
