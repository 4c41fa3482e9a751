import { ApiFailure } from '../errors.ts'
import type { ObjectReader } from '../ports/object-reader.ts'
import { challengeText } from './challenge-text.ts'
import { type GcsSettings, gcsFailure, openGcs } from './gcs-access.ts'
import { inspectThrown, readTask } from './store-failure.ts'

/*
 * Reads from Google Cloud Storage with the application default credentials: the file that
 * GOOGLE_APPLICATION_CREDENTIALS names, gcloud's own login, workload identity, the metadata server.
 */

const grant = 'grant storage.objects.get (role Storage Object Viewer) on the bucket to the credentials in use'

export function createGcsReader(settings: GcsSettings = {}): ObjectReader {
  const storage = openGcs(settings)
  return {
    async read(location, { signal }) {
      const file = storage.bucket(location.place.bucket).file(location.key)
      const stream = file.createReadStream({ validation: false })
      // The client may report a failure a second time, after the reading has ended with the first one.
      stream.on('error', () => undefined)
      const stop = (): void => {
        stream.destroy(new DOMException('interrupted', 'AbortError'))
      }
      signal.addEventListener('abort', stop)
      try {
        if (signal.aborted) stop()
        return await challengeText(stream, location)
      } catch (error) {
        if (error instanceof ApiFailure) throw error
        const thrown = inspectThrown(error)
        // The same status for a missing bucket and a missing object; only the text tells them apart.
        if (thrown.status === 404 && !/bucket/i.test(thrown.message)) return 'absent'
        throw gcsFailure(thrown, readTask(location), grant)
      } finally {
        signal.removeEventListener('abort', stop)
      }
    },
  }
}
