import type { FileReader } from '../domain/arrival/arrival-rule.ts'
import type { ObjectLister } from '../ports/object-lister.ts'
import type { StoreSettings } from './store-settings.ts'

/** The lister that a rule names. The store's client is loaded when it is asked for the first time. */
export function createObjectLister(read: FileReader, common: StoreSettings = {}): ObjectLister {
  let opened: Promise<ObjectLister> | null = null
  return {
    async list(request, options) {
      opened ??= open(read, common)
      return (await opened).list(request, options)
    },
    close() {
      void opened?.then((lister) => lister.close())
    },
  }
}

async function open(read: FileReader, common: StoreSettings): Promise<ObjectLister> {
  switch (read.kind) {
    case 's3':
    case 'r2':
      return (await import('./s3-lister.ts')).createS3Lister({
        ...read,
        fallbackEndpoint: common.s3?.endpoint,
        credentials: common.s3?.credentials,
        timeoutMs: common.s3?.timeoutMs,
      })
    case 'gcs': {
      const { endpoint: apiEndpoint = common.gcs?.apiEndpoint, credentialsFile } = read
      return (await import('./gcs-lister.ts')).createGcsLister({
        ...common.gcs,
        apiEndpoint,
        credentialsFile,
      })
    }
    case 'azure': {
      const { endpoint = common.azure?.endpoint } = read
      return (await import('./azure-lister.ts')).createAzureLister({ ...common.azure, endpoint })
    }
  }
}
