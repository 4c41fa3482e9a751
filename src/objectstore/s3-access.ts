import type { S3ClientConfig } from '@aws-sdk/client-s3'
import type { StorePlace } from '../domain/destination/store-place.ts'
import type { ApiFailure } from '../errors.ts'
import type { KeyPair } from '../ports/object-reader.ts'
import { type FailureSign, failureOf, inspectThrown, type StoreTask } from './store-failure.ts'

/*
 * How S3, R2 and what speaks the same are connected to, and what their refusals mean. Keys that are given are used;
 * without them the AWS credential chain: environment, shared files, SSO, web identity (IRSA), container and instance
 * roles.
 */

export interface S3Access {
  /** Null: the region of the credential chain. */
  readonly region: string | null
  /** Host or address; null for AWS. */
  readonly endpoint: string | null
  /** Where the address is followed by the bucket as a path, not preceded by it as a name. Only with an endpoint. */
  readonly forcePathStyle: boolean
  readonly credentials: KeyPair | null
  readonly profile?: string | undefined
  /** Milliseconds for one attempt; default 10 s. */
  readonly timeoutMs?: number | undefined
}

export interface S3Settings {
  /** In place of what the destination says. */
  readonly region?: string | undefined
  readonly endpoint?: string | undefined
  /** Address of the store for destinations that name none, e.g. of an emulator. */
  readonly fallbackEndpoint?: string | undefined
  /** Milliseconds for one attempt; default 10 s. */
  readonly timeoutMs?: number | undefined
}

export function whereIs(place: StorePlace, settings: S3Settings): Pick<S3Access, 'region' | 'endpoint'> {
  const { region = null, endpoint = null, fallbackEndpoint = null } = settings
  if (place.store === 'r2') {
    const own = `https://${place.accountId}.r2.cloudflarestorage.com`
    return { region: region ?? 'auto', endpoint: endpoint ?? fallbackEndpoint ?? own }
  }
  const own = place.store === 's3' ? place : { region: null, endpoint: null }
  return { region: region ?? own.region, endpoint: endpoint ?? own.endpoint ?? fallbackEndpoint }
}

export function s3ClientConfig(access: S3Access): S3ClientConfig {
  const { region, endpoint, forcePathStyle, credentials, profile, timeoutMs = 10_000 } = access
  return {
    // One attempt: whoever waits for the answer asks again, with its own clock.
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
    ...(region === null ? {} : { region }),
    // Emulators and many compatible stores do not answer to bucket.host names.
    ...(endpoint === null ? {} : { endpoint: addressOf(endpoint), forcePathStyle }),
    ...(credentials === null ? {} : { credentials: revealed(credentials) }),
    ...(profile === undefined ? {} : { profile }),
  }
}

/** `destination_conf` holds a host without a scheme. */
function addressOf(endpoint: string): string {
  return endpoint.includes('://') ? endpoint : `https://${endpoint}`
}

function revealed(keys: KeyPair): { accessKeyId: string; secretAccessKey: string } {
  return { accessKeyId: keys.accessKeyId.reveal(), secretAccessKey: keys.secretAccessKey.reveal() }
}

/** `grant` is what to do where access is denied. */
export function s3Failure(error: unknown, task: StoreTask, grant: string): ApiFailure {
  const thrown = inspectThrown(error)
  const { code, status, message } = thrown
  const signs: readonly FailureSign[] = [
    [
      code === 'CredentialsProviderError' || /^(ExpiredToken|ProfileNotFound)/.test(code),
      'auth',
      'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or a role of the machine or the pod',
    ],
    [
      /^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|TokenRefreshRequired)$/.test(code),
      'auth',
      'the keys in use are wrong or belong to another store',
    ],
    [code === 'NoSuchBucket', 'not_found', 'check the bucket in the destination'],
    [status === 403, 'forbidden', grant],
    [
      message.includes('Region is missing'),
      'invalid_request',
      'set AWS_REGION, or the region of the destination',
    ],
  ]
  return failureOf(thrown, task, signs, 'check bucket, region and endpoint')
}

function quiet(): void {}
