/**
 * A body as text; null where it is longer than it may be, and no more of it is read then. Anything that is not a stream
 * reads as empty: the clients leave the body of an empty object out.
 */
export async function limitedText(body: unknown, maxBytes: number): Promise<string | null> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of isAsyncIterable(body) ? body : []) {
    const chunk = part instanceof Uint8Array ? Buffer.from(part) : Buffer.from(String(part))
    bytes += chunk.length
    if (bytes > maxBytes) return null
    parts.push(chunk)
  }
  return Buffer.concat(parts).toString('utf8')
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
