import { GetObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { ApiFailure, InternalError } from '../errors.ts'
import type { ObjectLocation, ObjectReader } from '../ports/object-reader.ts'
import { challengeText } from './challenge-text.ts'
import { r2Endpoint, s3ClientConfig, s3Failure } from './s3-access.ts'
import { inspectThrown, readTask } from './store-failure.ts'

/*
 * Reads from S3, from R2 (its S3 side) and from anything that speaks the same. Keys that came with
 * the destination are used; without them the AWS credential chain: environment, shared files, SSO,
 * web identity (IRSA), container and instance roles.
 */

export interface S3Settings {
  /** Address of the store for locations that name none, e.g. of an emulator. */
  readonly endpoint?: string
  /** Region for locations that name none. */
  readonly region?: string
  /** Milliseconds for one attempt; default 10 s. */
  readonly timeoutMs?: number
}

// Without s3:ListBucket S3 says "denied" for a file that is simply not there yet.
const grant = 'grant s3:GetObject on the file and s3:ListBucket on the bucket to the credentials in use'

export type S3Location = Extract<ObjectLocation, { store: 's3' | 'r2' }>

export function createS3Reader(settings: S3Settings = {}): ObjectReader {
  return {
    async read(location, { signal }) {
      if (location.store !== 's3' && location.store !== 'r2') {
        throw new InternalError(`the S3 reader cannot read from ${location.store}`)
      }
      const client = new S3Client(clientConfig(location, settings))
      try {
        const answer = await client.send(
          new GetObjectCommand({ Bucket: location.bucket, Key: location.key }),
          { abortSignal: signal },
        )
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

function clientConfig(location: S3Location, settings: S3Settings): S3ClientConfig {
  return s3ClientConfig({
    region: location.store === 'r2' ? 'auto' : (location.region ?? settings.region ?? null),
    endpoint: endpointOf(location, settings),
    forcePathStyle: true,
    credentials: location.credentials,
    timeoutMs: settings.timeoutMs ?? 10_000,
  })
}

function endpointOf(location: S3Location, settings: S3Settings): string | null {
  if (location.store === 'r2') return settings.endpoint ?? r2Endpoint(location.accountId)
  return location.endpoint ?? settings.endpoint ?? null
}
