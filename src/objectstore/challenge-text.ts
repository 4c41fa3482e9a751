import { Secret } from '../domain/secret.ts'
import type { ObjectLocation } from '../ports/object-reader.ts'
import { readTask, storeFailure } from './store-failure.ts'

/** A challenge file holds one JWT, well below this; anything longer is some other object. */
const maxBytes = 64 * 1024

/**
 * Reads a body as text, and refuses one that cannot be a challenge file before it fills the memory.
 * Anything that is not a stream reads as empty: the clients leave the body of an empty object out.
 */
export async function challengeText(body: unknown, location: ObjectLocation): Promise<Secret> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of isAsyncIterable(body) ? body : []) {
    const chunk = part instanceof Uint8Array ? Buffer.from(part) : Buffer.from(String(part))
    bytes += chunk.length
    if (bytes > maxBytes) {
      throw storeFailure(
        'bad_response',
        readTask(location),
        { code: '', status: null, message: '' },
        `the object is longer than ${maxBytes / 1024} KiB; check the path`,
      )
    }
    parts.push(chunk)
  }
  return new Secret(Buffer.concat(parts).toString('utf8'))
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
