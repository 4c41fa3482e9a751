import type { StoredObject } from './folder-store.ts'

/* One page of ListObjectsV2, as data: what is on it, what is folded into prefixes, and where the next one starts. */

export interface ListQuery {
  readonly prefix: string
  /** Keys that share what follows the prefix up to this text are shown as one; empty: none are. */
  readonly delimiter: string
  /** Only keys after this one. */
  readonly after: string
  /** 1 to 1000. */
  readonly maxKeys: number
  /** Names come percent-encoded. */
  readonly encoded: boolean
}

export interface ListPage {
  readonly objects: readonly StoredObject[]
  readonly prefixes: readonly string[]
  /** Where the next page goes on; null on the last. */
  readonly next: string | null
}

/** What the query string asks for; null where it cannot be understood. */
export function readListQuery(query: URLSearchParams): ListQuery | null {
  const maxKeys = Number(query.get('max-keys') ?? '1000')
  if (!Number.isInteger(maxKeys) || maxKeys < 1) return null
  const token = query.get('continuation-token')
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    after: token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString(),
    maxKeys: Math.min(maxKeys, 1000),
    encoded: query.get('encoding-type') === 'url',
  }
}

/** The page; `objects` are all that have the prefix, in the order of their keys' bytes. */
export function listPage(objects: readonly StoredObject[], query: ListQuery): ListPage {
  const page: StoredObject[] = []
  const prefixes: string[] = []
  const after = Buffer.from(query.after)
  let last = ''
  for (const object of objects) {
    const prefix = commonPrefix(object.key, query)
    // A folded prefix stands before all that it holds: the page after it leaves all of that out.
    const folded = prefix !== null && (prefix === query.after || prefix === prefixes.at(-1))
    if (folded || Buffer.compare(Buffer.from(prefix ?? object.key), after) <= 0) continue
    if (page.length + prefixes.length === query.maxKeys)
      return { objects: page, prefixes, next: Buffer.from(last).toString('base64url') }
    if (prefix === null) page.push(object)
    else prefixes.push(prefix)
    last = prefix ?? object.key
  }
  return { objects: page, prefixes, next: null }
}

function commonPrefix(key: string, { prefix, delimiter }: ListQuery): string | null {
  if (delimiter === '') return null
  const end = key.indexOf(delimiter, prefix.length)
  return end < 0 ? null : key.slice(0, end + delimiter.length)
}
