import { Storage } from '@google-cloud/storage'
import { ApiFailure, InternalError } from '../errors.ts'
import type { ObjectLocation, ObjectReader } from '../ports/object-reader.ts'
import { challengeText } from './challenge-text.ts'
import { commonAdvice, commonKind, inspectThrown, storeFailure } from './store-failure.ts'

/*
 * Reads from Google Cloud Storage with the application default credentials: the file that
 * GOOGLE_APPLICATION_CREDENTIALS names, gcloud's own login, workload identity, the metadata server.
 */

export interface GcsSettings {
  /** Address of the API, e.g. of an emulator; requests to it carry no credentials. */
  readonly apiEndpoint?: string
  /** Milliseconds for one attempt; default 10 s. */
  readonly timeoutMs?: number
}

export function createGcsReader(settings: GcsSettings = {}): ObjectReader {
  const storage = new Storage({
    // One attempt: whoever waits for the file asks again, with its own clock.
    retryOptions: { autoRetry: false, maxRetries: 0 },
    timeout: settings.timeoutMs ?? 10_000,
    ...(settings.apiEndpoint === undefined
      ? {}
      : // Without a project the client would ask the metadata server for one.
        { apiEndpoint: settings.apiEndpoint, projectId: 'none' }),
  })
  return {
    async read(location, { signal }) {
      if (location.store !== 'gcs')
        throw new InternalError(`the GCS reader cannot read from ${location.store}`)
      const stream = storage
        .bucket(location.bucket)
        .file(location.key)
        .createReadStream({ validation: false })
      // The client may report a failure a second time, after the reading has ended with the first one.
      stream.on('error', () => undefined)
      const stop = (): void => {
        stream.destroy(new DOMException('interrupted', 'AbortError'))
      }
      signal.addEventListener('abort', stop, { once: true })
      try {
        if (signal.aborted) stop()
        return await challengeText(stream, location)
      } catch (error) {
        if (error instanceof ApiFailure) throw error
        const thrown = inspectThrown(error)
        // The same status for a missing bucket and a missing object; only the text tells them apart.
        if (thrown.status === 404 && !/bucket/i.test(thrown.message)) return 'absent'
        throw translate(thrown, location)
      } finally {
        signal.removeEventListener('abort', stop)
        stream.destroy()
      }
    },
  }
}

function translate(
  thrown: ReturnType<typeof inspectThrown>,
  location: Extract<ObjectLocation, { store: 'gcs' }>,
): ApiFailure {
  const common = commonKind(thrown)
  if (/default credentials|credential file|does not exist, or it is not a file/i.test(thrown.message)) {
    return storeFailure(
      'auth',
      location,
      thrown,
      'set GOOGLE_APPLICATION_CREDENTIALS, run "gcloud auth application-default login", or use workload identity',
    )
  }
  if (common !== null) return storeFailure(common, location, thrown, commonAdvice(common))
  if (thrown.status === 404) {
    return storeFailure('not_found', location, thrown, 'check the bucket in the destination')
  }
  if (thrown.status === 401) {
    return storeFailure('auth', location, thrown, 'the credentials in use are wrong or have expired')
  }
  if (thrown.status === 403) {
    return storeFailure(
      'forbidden',
      location,
      thrown,
      'grant storage.objects.get (role Storage Object Viewer) on the bucket to the credentials in use',
    )
  }
  return storeFailure('invalid_request', location, thrown, 'check the bucket and the path')
}
