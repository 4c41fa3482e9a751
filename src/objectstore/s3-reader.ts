import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { ApiFailure } from '../errors.ts'
import type { ObjectReader } from '../ports/object-reader.ts'
import { challengeText } from './challenge-text.ts'
import { type S3Settings, s3ClientConfig, s3Failure, whereIs } from './s3-access.ts'
import { inspectThrown, readTask } from './store-failure.ts'

// Without s3:ListBucket S3 says "denied" for a file that is simply not there yet.
const grant = 'grant s3:GetObject on the file and s3:ListBucket on the bucket to the credentials in use'

export function createS3Reader(settings: S3Settings = {}): ObjectReader {
  return {
    async read(location, { signal }) {
      const { place, key, credentials } = location
      const { timeoutMs } = settings
      const access = { ...whereIs(place, settings), forcePathStyle: true, credentials, timeoutMs }
      const client = new S3Client(s3ClientConfig(access))
      try {
        const command = new GetObjectCommand({ Bucket: place.bucket, Key: key })
        const answer = await client.send(command, { abortSignal: signal })
        return await challengeText(answer.Body, location)
      } catch (error) {
        if (error instanceof ApiFailure) throw error
        if (inspectThrown(error).code === 'NoSuchKey') return 'absent'
        throw s3Failure(error, readTask(location), grant)
      } finally {
        client.destroy()
      }
    },
  }
}
