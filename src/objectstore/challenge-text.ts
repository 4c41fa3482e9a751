import { Secret } from '../domain/secret.ts'
import { limitedText } from '../ports/limited-text.ts'
import type { ObjectLocation } from '../ports/object-reader.ts'
import { readTask, storeFailure } from './store-failure.ts'

/** A challenge file holds one JWT, well below this; anything longer is some other object. */
const maxBytes = 64 * 1024

/** Reads a body as text, and refuses one that cannot be a challenge file before it fills the memory. */
export async function challengeText(body: unknown, location: ObjectLocation): Promise<Secret> {
  const text = await limitedText(body, maxBytes)
  if (text !== null) return new Secret(text)
  throw storeFailure(
    'bad_response',
    readTask(location),
    { code: '', status: null },
    `the object is longer than ${maxBytes / 1024} KiB; check the path`,
  )
}
