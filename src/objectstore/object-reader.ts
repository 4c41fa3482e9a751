import type { ObjectLocation, ObjectReader } from '../ports/object-reader.ts'
import type { AzureSettings } from './azure-access.ts'
import type { GcsSettings } from './gcs-access.ts'
import type { S3Settings } from './s3-reader.ts'

export interface ObjectReaderSettings {
  readonly s3?: S3Settings
  readonly gcs?: GcsSettings
  readonly azure?: AzureSettings
}

/** One reader for every store; each store's client is loaded when its first object is read. */
export function createObjectReader(settings: ObjectReaderSettings = {}): ObjectReader {
  const opened = new Map<'s3' | 'gcs' | 'azure', Promise<ObjectReader>>()
  return {
    async read(location, options) {
      const family = location.store === 'r2' ? 's3' : location.store
      const reader = opened.get(family) ?? open(family, settings)
      opened.set(family, reader)
      return (await reader).read(location, options)
    },
  }
}

async function open(
  family: Exclude<ObjectLocation['store'], 'r2'>,
  settings: ObjectReaderSettings,
): Promise<ObjectReader> {
  switch (family) {
    case 's3':
      return (await import('./s3-reader.ts')).createS3Reader(settings.s3)
    case 'gcs':
      return (await import('./gcs-reader.ts')).createGcsReader(settings.gcs)
    case 'azure':
      return (await import('./azure-reader.ts')).createAzureReader(settings.azure)
  }
}
