import { ApiFailure, InternalError } from '../errors.ts'
import type { ObjectReader } from '../ports/object-reader.ts'
import { type AzureSettings, azureFailure, openAzure, withinLimit } from './azure-access.ts'
import { challengeText } from './challenge-text.ts'
import { inspectThrown, readTask } from './store-failure.ts'

/* Reads challenge files from Azure Blob Storage. */

const grant = 'grant "Storage Blob Data Reader" on the container, or use a SAS that may read (sp=r)'

export function createAzureReader(settings: AzureSettings = {}): ObjectReader {
  return {
    async read(location, { signal }) {
      const { place, key } = location
      if (place.store !== 'azure') throw new InternalError(`the Azure reader cannot read from ${place.store}`)
      try {
        return await withinLimit(settings, signal, async (abortSignal) => {
          const service = await openAzure(place.account, settings)
          const blob = service.getContainerClient(place.bucket).getBlobClient(key)
          const answer = await blob.download(0, undefined, { abortSignal })
          return challengeText(answer.readableStreamBody, location)
        })
      } catch (error) {
        if (error instanceof ApiFailure) throw error
        const thrown = inspectThrown(error)
        if (thrown.code === 'BlobNotFound') return 'absent'
        throw azureFailure(thrown, readTask(location), grant)
      }
    },
  }
}
