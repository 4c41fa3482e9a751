import type { BlobServiceClient } from '@azure/storage-blob'
import { readRight } from '../domain/arrival/arrival-place.ts'
import { InternalError } from '../errors.ts'
import type { ListPage, ListRequest, ObjectLister } from '../ports/object-lister.ts'
import { type AzureSettings, azureFailure, openAzure } from './azure-access.ts'
import { pageUntil } from './list-page.ts'
import { inspectThrown, listTask } from './store-failure.ts'

/*
 * Lists Azure Blob Storage. It cannot begin in the middle of a prefix on every kind of account, so it is asked hour by
 * hour, and what is not wanted is left out here.
 */

const grant = `grant ${readRight({ store: 'azure' })}`
export const azurePageSize = 5_000

export function createAzureLister(settings: AzureSettings = {}): ObjectLister {
  const services = new Map<string, Promise<BlobServiceClient>>()
  const serviceOf = (account: string): Promise<BlobServiceClient> => {
    const service = services.get(account) ?? openAzure(account, settings)
    services.set(account, service)
    return service
  }
  const page = async (request: ListRequest, signal: AbortSignal): Promise<ListPage> => {
    const { place, prefix, cursor } = request
    if (place.store !== 'azure') throw new InternalError(`the Azure reader cannot list ${place.store}`)
    const container = (await serviceOf(place.account)).getContainerClient(place.bucket)
    const pages = container.listBlobsFlat({ prefix, abortSignal: signal }).byPage({
      maxPageSize: azurePageSize,
      ...(cursor === null ? {} : { continuationToken: cursor }),
    })
    for await (const { segment, continuationToken } of pages) {
      const objects = segment.blobItems.map(({ name, properties }) => ({
        key: name,
        bytes: properties.contentLength ?? 0,
        written: properties.lastModified.getTime(),
      }))
      const next = continuationToken === undefined || continuationToken === '' ? null : continuationToken
      return pageUntil(request, objects, { last: objects.at(-1)?.key ?? '', cursor: next })
    }
    return { objects: [], cursor: null }
  }

  return {
    async list(request, { signal }) {
      try {
        return await page(request, signal)
      } catch (error) {
        if (error instanceof InternalError) throw error
        throw azureFailure(inspectThrown(error), listTask(request.place), grant)
      }
    },
    close() {
      services.clear()
    },
  }
}
