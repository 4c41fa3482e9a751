import type { BlobServiceClient } from '@azure/storage-blob'
import { readRight } from '../domain/arrival/arrival-place.ts'
import { InternalError } from '../errors.ts'
import type { ListPage, ListRequest, ObjectLister } from '../ports/object-lister.ts'
import { type AzureSettings, azureFailure, openAzure, withinLimit } from './azure-access.ts'
import { listedObject, pageUntil } from './list-page.ts'
import { inspectThrown, listTask } from './store-failure.ts'

/*
 * Lists Azure Blob Storage. Services older than version 2026-02-06 and emulators cannot begin in the middle of a prefix:
 * they ignore `startFrom` or refuse it. What is not wanted is left out here, and the page says so.
 */

const grant = `grant ${readRight({ store: 'azure' })}`
export const azurePageSize = 5_000

export function createAzureLister(settings: AzureSettings = {}): ObjectLister {
  const services = new Map<string, Promise<BlobServiceClient>>()
  /** Accounts whose service refuses to begin in the middle. */
  const refusing = new Set<string>()
  const serviceOf = (account: string): Promise<BlobServiceClient> => {
    const service = services.get(account) ?? openAzure(account, settings)
    services.set(account, service)
    return service
  }
  const page = async (account: string, request: ListRequest, signal: AbortSignal): Promise<ListPage> => {
    const { place, prefix, after, cursor } = request
    const container = (await serviceOf(account)).getContainerClient(place.bucket)
    const refuses = refusing.has(account)
    const start = refuses ? {} : { startFrom: after }
    const pages = container.listBlobsFlat({ prefix, ...start, abortSignal: signal }).byPage({
      maxPageSize: azurePageSize,
      ...(cursor === null ? {} : { continuationToken: cursor }),
    })
    for await (const { segment, continuationToken } of pages) {
      const objects = segment.blobItems.flatMap(({ name, properties }) =>
        listedObject(name, properties.contentLength, properties.lastModified.getTime()),
      )
      const next = continuationToken === undefined || continuationToken === '' ? null : continuationToken
      const found = pageUntil(request, objects, { last: objects.at(-1)?.key ?? '', cursor: next })
      return { ...found, sought: found.sought && !refuses }
    }
    return { objects: [], cursor: null, sought: !refuses }
  }

  const lister: ObjectLister = {
    async list(request, { signal }) {
      const { place } = request
      if (place.store !== 'azure') throw new InternalError(`the Azure reader cannot list ${place.store}`)
      try {
        return await withinLimit(settings, signal, (limited) => page(place.account, request, limited))
      } catch (error) {
        const thrown = inspectThrown(error)
        if (thrown.status === 400 && !refusing.has(place.account)) {
          refusing.add(place.account)
          return lister.list(request, { signal })
        }
        throw azureFailure(thrown, listTask(place), grant)
      }
    },
    close() {
      services.clear()
    },
  }
  return lister
}
