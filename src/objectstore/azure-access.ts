import { setMaxListeners } from 'node:events'
import type { TokenCredential } from '@azure/core-auth'
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import type { Secret } from '../domain/secret.ts'
import type { ApiFailure } from '../errors.ts'
import { startDeadline } from '../ports/deadline.ts'
import { type FailureSign, failureOf, type StoreTask, type Thrown } from './store-failure.ts'

/*
 * How Azure Blob Storage is connected to, and what its refusals mean. The SAS in a destination only writes, so reading
 * has its own credential: a connection string, an account key or a SAS when one is set, else Azure's default chain
 * (environment, workload and managed identity, Azure CLI).
 */

export interface AzureSettings {
  readonly connectionString?: Secret | undefined
  readonly accountKey?: Secret | undefined
  /** A SAS with read permission, with or without the leading `?`. */
  readonly sas?: Secret | undefined
  /** Address of the blob service; default `https://<account>.blob.core.windows.net`. */
  readonly endpoint?: string | undefined
  /** Milliseconds for one attempt; default 10 s. */
  readonly timeoutMs?: number
}

export async function openAzure(account: string, settings: AzureSettings): Promise<BlobServiceClient> {
  // One attempt: whoever waits for the answer asks again, with its own clock.
  const options = { retryOptions: { maxTries: 1 } }
  if (settings.connectionString !== undefined) {
    return BlobServiceClient.fromConnectionString(settings.connectionString.reveal(), options)
  }
  const address = settings.endpoint ?? `https://${account}.blob.core.windows.net`
  if (settings.accountKey !== undefined) {
    const credential = new StorageSharedKeyCredential(account, settings.accountKey.reveal())
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

/** One call within its time limit, which the client only tells the service: it would wait for ever. */
export async function withinLimit<T>(
  { timeoutMs = 10_000 }: AzureSettings,
  caller: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  setMaxListeners(0, caller)
  const deadline = startDeadline(caller, timeoutMs)
  try {
    return await call(deadline.signal)
  } catch (error) {
    // The client calls either an interruption.
    throw deadline.ended() === 'timeout' ? deadline.signal.reason : error
  } finally {
    deadline.release()
  }
}

/** `grant` is what to do where access is denied. */
export function azureFailure(thrown: Thrown, task: StoreTask, grant: string): ApiFailure {
  const { code, status } = thrown
  const signs: readonly FailureSign[] = [
    [
      /Credential|Authentication(Required)?Error/.test(code),
      'auth',
      'set AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or log in with the Azure CLI or a managed identity',
    ],
    [code === 'ContainerNotFound', 'not_found', 'check the container in the destination'],
    [
      status === 401 || code === 'AuthenticationFailed',
      'auth',
      'the key or SAS in use is wrong or has expired',
    ],
    [status === 403, 'forbidden', grant],
  ]
  return failureOf(thrown, task, signs, 'check account, container and path')
}
