import type { S3ClientConfig } from '@aws-sdk/client-s3'
import type { ApiFailure } from '../errors.ts'
import type { KeyPair } from '../ports/object-reader.ts'
import { commonAdvice, commonKind, inspectThrown, type StoreTask, storeFailure } from './store-failure.ts'

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
  /** A profile of the AWS configuration files. */
  readonly profile?: string | undefined
  /** Milliseconds for one attempt. */
  readonly timeoutMs: number
}

export function r2Endpoint(accountId: string): string {
  return `https://${accountId}.r2.cloudflarestorage.com`
}

export function s3ClientConfig(access: S3Access): S3ClientConfig {
  const { region, endpoint, forcePathStyle, credentials, profile, timeoutMs } = access
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
  const common = commonKind(thrown)
  if (common !== null) return storeFailure(common, task, thrown, commonAdvice(common))
  if (thrown.code === 'CredentialsProviderError' || /^(ExpiredToken|ProfileNotFound)/.test(thrown.code)) {
    return storeFailure(
      'auth',
      task,
      thrown,
      'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or a role of the machine or the pod',
    )
  }
  if (/^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|TokenRefreshRequired)$/.test(thrown.code)) {
    return storeFailure('auth', task, thrown, 'the keys in use are wrong or belong to another store')
  }
  if (thrown.code === 'NoSuchBucket') {
    return storeFailure('not_found', task, thrown, 'check the bucket in the destination')
  }
  if (thrown.status === 403) return storeFailure('forbidden', task, thrown, grant)
  if (thrown.message.includes('Region is missing')) {
    return storeFailure('invalid_request', task, thrown, 'set AWS_REGION, or the region of the destination')
  }
  return storeFailure('invalid_request', task, thrown, 'check bucket, region and endpoint')
}

function quiet(): void {}
