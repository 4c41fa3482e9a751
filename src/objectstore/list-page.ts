import type { ListedObject, ListPage, ListRequest } from '../ports/object-lister.ts'

/** What of a store's page lies in the request, and whether the next one can hold more of it. */
export function pageUntil(
  { after, until }: Pick<ListRequest, 'after' | 'until'>,
  objects: readonly ListedObject[],
  next: { readonly last: string; readonly cursor: string | null },
): ListPage {
  return {
    // A folder above the beginning is an entry of its own in some stores, and may be listed with what is in it.
    sought: objects.every(({ key }) => key >= after || after.startsWith(key)),
    objects: objects.filter(({ key }) => key > after && key < until),
    cursor: next.last < until ? next.cursor : null,
  }
}

/**
 * One object of a list, or nothing: one whose size is no number of bytes would spoil a counter for ever. A time that
 * cannot be read is that of an old file.
 */
export function listedObject(
  key: unknown,
  bytes: unknown,
  writtenAt: number | undefined,
): readonly ListedObject[] {
  const isSize = typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0
  if (typeof key !== 'string' || !isSize) return []
  return [{ key, bytes, written: writtenAt !== undefined && Number.isFinite(writtenAt) ? writtenAt : 0 }]
}
