import type { TokenCredential } from '@azure/core-auth'
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import type { Secret } from '../domain/secret.ts'
import { ApiFailure, InternalError } from '../errors.ts'
import type { ObjectLocation, ObjectReader } from '../ports/object-reader.ts'
import { challengeText } from './challenge-text.ts'
import { commonAdvice, commonKind, inspectThrown, storeFailure } from './store-failure.ts'

/*
 * Reads from Azure Blob Storage. The SAS in the destination only writes, so reading has its own
 * credential: a connection string, an account key or a SAS when one is set, else Azure's default
 * chain (environment, workload and managed identity, Azure CLI).
 */

export interface AzureSettings {
  readonly connectionString?: Secret
  readonly accountKey?: Secret
  /** A SAS with read permission, with or without the leading `?`. */
  readonly sas?: Secret
  /** Address of the blob service; default `https://<account>.blob.core.windows.net`. */
  readonly endpoint?: string
  /** Milliseconds for one attempt; default 10 s. */
  readonly timeoutMs?: number
}

type AzureLocation = Extract<ObjectLocation, { store: 'azure' }>

export function createAzureReader(settings: AzureSettings = {}): ObjectReader {
  return {
    async read(location, { signal }) {
      if (location.store !== 'azure')
        throw new InternalError(`the Azure reader cannot read from ${location.store}`)
      try {
        const service = await openService(location, settings)
        const blob = service.getContainerClient(location.container).getBlobClient(location.key)
        const answer = await blob.download(0, undefined, { abortSignal: signal })
        return await challengeText(answer.readableStreamBody, location)
      } catch (error) {
        if (error instanceof ApiFailure) throw error
        const thrown = inspectThrown(error)
        if (thrown.code === 'BlobNotFound') return 'absent'
        throw translate(thrown, location)
      }
    },
  }
}

async function openService(location: AzureLocation, settings: AzureSettings): Promise<BlobServiceClient> {
  const options = {
    // One attempt: whoever waits for the file asks again, with its own clock.
    retryOptions: { maxTries: 1, tryTimeoutInMs: settings.timeoutMs ?? 10_000 },
  }
  if (settings.connectionString !== undefined) {
    return BlobServiceClient.fromConnectionString(settings.connectionString.reveal(), options)
  }
  const address = settings.endpoint ?? `https://${location.account}.blob.core.windows.net`
  if (settings.accountKey !== undefined) {
    const credential = new StorageSharedKeyCredential(location.account, settings.accountKey.reveal())
    return new BlobServiceClient(address, credential, options)
  }
  if (settings.sas !== undefined) {
    return new BlobServiceClient(`${address}?${settings.sas.reveal().replace(/^\?/, '')}`, undefined, options)
  }
  return new BlobServiceClient(address, await defaultCredential(), options)
}

/** Loaded only when it is needed: it is by far the largest package here. */
async function defaultCredential(): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity')
  return new DefaultAzureCredential()
}

function translate(thrown: ReturnType<typeof inspectThrown>, location: AzureLocation): ApiFailure {
  const common = commonKind(thrown)
  if (common !== null) return storeFailure(common, location, thrown, commonAdvice(common))
  if (/Credential|Authentication(Required)?Error/.test(thrown.code)) {
    return storeFailure(
      'auth',
      location,
      thrown,
      'set AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or log in with the Azure CLI or a managed identity',
    )
  }
  if (thrown.code === 'ContainerNotFound') {
    return storeFailure('not_found', location, thrown, 'check the container in the destination')
  }
  if (thrown.status === 401 || thrown.code === 'AuthenticationFailed') {
    return storeFailure('auth', location, thrown, 'the key or SAS in use is wrong or has expired')
  }
  if (thrown.status === 403) {
    return storeFailure(
      'forbidden',
      location,
      thrown,
      'grant "Storage Blob Data Reader" on the container, or use a SAS that may read (sp=r)',
    )
  }
  return storeFailure('invalid_request', location, thrown, 'check account, container and path')
}
