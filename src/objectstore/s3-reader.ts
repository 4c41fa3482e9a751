import { GetObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { ApiFailure, InternalError } from '../errors.ts'
import type { KeyPair, ObjectLocation, ObjectReader } from '../ports/object-reader.ts'
import { challengeText } from './challenge-text.ts'
import { commonAdvice, commonKind, inspectThrown, storeFailure } from './store-failure.ts'

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
        throw translate(error, location)
      } finally {
        client.destroy()
      }
    },
  }
}

function clientConfig(location: S3Location, settings: S3Settings): S3ClientConfig {
  const timeoutMs = settings.timeoutMs ?? 10_000
  const endpoint = endpointOf(location, settings)
  const region = location.store === 'r2' ? 'auto' : (location.region ?? settings.region)
  return {
    // One attempt: whoever waits for the file asks again, with its own clock.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      socketTimeout: timeoutMs,
    },
    // The client would write its advice to the console.
    logger: { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
    followRegionRedirects: true,
    ...(region === undefined ? {} : { region }),
    // Emulators and many compatible stores do not answer to bucket.host names.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(location.credentials === null ? {} : { credentials: revealed(location.credentials) }),
  }
}

function endpointOf(location: S3Location, settings: S3Settings): string | undefined {
  if (location.store === 'r2') {
    return settings.endpoint ?? `https://${location.accountId}.r2.cloudflarestorage.com`
  }
  // destination_conf holds a host without a scheme.
  if (location.endpoint === null) return settings.endpoint
  return location.endpoint.includes('://') ? location.endpoint : `https://${location.endpoint}`
}

function revealed(keys: KeyPair): { accessKeyId: string; secretAccessKey: string } {
  return { accessKeyId: keys.accessKeyId.reveal(), secretAccessKey: keys.secretAccessKey.reveal() }
}

function translate(error: unknown, location: S3Location): ApiFailure {
  const thrown = inspectThrown(error)
  const common = commonKind(thrown)
  if (common !== null) return storeFailure(common, location, thrown, commonAdvice(common))
  if (thrown.code === 'CredentialsProviderError' || /^(ExpiredToken|ProfileNotFound)/.test(thrown.code)) {
    return storeFailure(
      'auth',
      location,
      thrown,
      'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or a role of the machine or the pod',
    )
  }
  if (/^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|TokenRefreshRequired)$/.test(thrown.code)) {
    return storeFailure('auth', location, thrown, 'the keys in use are wrong or belong to another store')
  }
  if (thrown.code === 'NoSuchBucket') {
    return storeFailure('not_found', location, thrown, 'check the bucket in the destination')
  }
  if (thrown.status === 403) {
    return storeFailure(
      'forbidden',
      location,
      thrown,
      // Without s3:ListBucket S3 says "denied" for a file that is simply not there yet.
      'grant s3:GetObject on the file and s3:ListBucket on the bucket to the credentials in use',
    )
  }
  if (thrown.message.includes('Region is missing')) {
    return storeFailure(
      'invalid_request',
      location,
      thrown,
      'set AWS_REGION, or the region of the destination',
    )
  }
  return storeFailure('invalid_request', location, thrown, 'check bucket, region and endpoint')
}

function quiet(): void {}
