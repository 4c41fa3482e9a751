import type { FileMetadata } from '@google-cloud/storage'
import { readRight } from '../domain/arrival/arrival-place.ts'
import type { ListedObject, ObjectLister } from '../ports/object-lister.ts'
import { type GcsSettings, gcsFailure, openGcs } from './gcs-access.ts'
import { pageUntil } from './list-page.ts'
import { inspectThrown, listTask } from './store-failure.ts'

/* Lists Google Cloud Storage, which takes both ends of what is wanted. */

const grant = `grant ${readRight({ store: 'gcs' })} to the credentials in use`
export const gcsPageSize = 1_000

export function createGcsLister(settings: GcsSettings = {}): ObjectLister {
  const storage = openGcs(settings)
  return {
    async list(request, { signal }) {
      const { place, prefix, after, until, flat, cursor } = request
      try {
        signal.throwIfAborted()
        const [files, next] = await storage.bucket(place.bucket).getFiles({
          prefix,
          startOffset: after,
          endOffset: until,
          autoPaginate: false,
          maxResults: gcsPageSize,
          fields: 'items(name,size,timeCreated),nextPageToken',
          ...(flat ? { delimiter: '/' } : {}),
          ...(cursor === null ? {} : { pageToken: cursor }),
        })
        signal.throwIfAborted()
        const objects = files.map((file) => toObject(file.metadata ?? file))
        return pageUntil(request, objects, { last: objects.at(-1)?.key ?? '', cursor: pageToken(next) })
      } catch (error) {
        throw gcsFailure(inspectThrown(error), listTask(place), grant)
      }
    },
    close() {},
  }
}

/**
 * With `fields`, the client gives what the API sent, whatever its types say. When it was last updated would move with
 * each change of its storage class.
 */
function toObject(item: Pick<FileMetadata, 'name' | 'size' | 'timeCreated'>): ListedObject {
  const { name = '', size = 0, timeCreated = '' } = item
  return { key: name, bytes: Number(size), written: Date.parse(timeCreated) || 0 }
}

/** The client gives the query of the next page, or null. */
function pageToken(next: unknown): string | null {
  const token: unknown =
    typeof next === 'object' && next !== null ? Reflect.get(next, 'pageToken') : undefined
  return typeof token === 'string' && token !== '' ? token : null
}
