import type { ObjectReader } from '../ports/object-reader.ts'
import type { StoreSettings } from './store-settings.ts'

/** One reader for every store; each store's client is loaded when its first object is read. */
export function createObjectReader(settings: StoreSettings = {}): ObjectReader {
  const opened = new Map<Family, Promise<ObjectReader>>()
  return {
    async read(location, options) {
      const family = location.place.store === 'r2' ? 's3' : location.place.store
      const reader = opened.get(family) ?? open(family, settings)
      opened.set(family, reader)
      return (await reader).read(location, options)
    },
  }
}

type Family = 's3' | 'gcs' | 'azure'

async function open(family: Family, settings: StoreSettings): Promise<ObjectReader> {
  switch (family) {
    case 's3': {
      const { endpoint, timeoutMs } = settings.s3 ?? {}
      return (await import('./s3-reader.ts')).createS3Reader({ fallbackEndpoint: endpoint, timeoutMs })
    }
    case 'gcs':
      return (await import('./gcs-reader.ts')).createGcsReader(settings.gcs)
    case 'azure':
      return (await import('./azure-reader.ts')).createAzureReader(settings.azure)
  }
}
