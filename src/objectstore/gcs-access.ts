import { Storage } from '@google-cloud/storage'
import type { ApiFailure } from '../errors.ts'
import { type FailureSign, failureOf, type StoreTask, storeFailure, type Thrown } from './store-failure.ts'

/* How Google Cloud Storage is connected to, and what its refusals mean. */

export interface GcsSettings {
  /** Address of the API, e.g. of an emulator; requests to it carry no credentials. */
  readonly apiEndpoint?: string | undefined
  /** File of a service account's key; default the application default credentials. */
  readonly credentialsFile?: string | undefined
  /** Milliseconds for one attempt; default 10 s. */
  readonly timeoutMs?: number
  /** For lists. Default: that of the platform, which knows no proxy. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

export function openGcs(settings: GcsSettings): Storage {
  return new Storage({
    // One attempt: whoever waits for the answer asks again, with its own clock.
    retryOptions: { autoRetry: false },
    timeout: settings.timeoutMs ?? 10_000,
    ...(settings.credentialsFile === undefined ? {} : { keyFilename: settings.credentialsFile }),
    ...(settings.apiEndpoint === undefined
      ? {}
      : // Without a project the client would ask the metadata server for one.
        { apiEndpoint: settings.apiEndpoint, projectId: 'none' }),
  })
}

/** `grant` is what to do where access is denied. */
export function gcsFailure(thrown: Thrown, task: StoreTask, grant: string): ApiFailure {
  if (/default credentials|credential file|does not exist, or it is not a file/i.test(thrown.message)) {
    const login =
      'set GOOGLE_APPLICATION_CREDENTIALS, run "gcloud auth application-default login", or use workload identity'
    return storeFailure('auth', task, thrown, login)
  }
  const signs: readonly FailureSign[] = [
    [thrown.status === 404, 'not_found', 'check the bucket in the destination'],
    [thrown.status === 401, 'auth', 'the credentials in use are wrong or have expired'],
    [thrown.status === 403, 'forbidden', grant],
  ]
  return failureOf(thrown, task, signs, 'check the bucket and the path')
}
