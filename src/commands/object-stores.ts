import type { CommandIo } from '../cli/command-io.ts'
import { proxyFetch } from '../cloudflare/proxy-fetch.ts'
import { Secret } from '../domain/secret.ts'
import type { StoreSettings } from '../objectstore/store-settings.ts'
import type { KeyPair } from '../ports/object-reader.ts'
import { silenceAwsAdvice } from '../runtime/aws-advice.ts'

/**
 * How object stores are reached, set up by the variables that each platform's own tools use. What they do not say is
 * left to the platform's credential chain.
 */
export function storeSettings(env: CommandIo['env']): StoreSettings {
  silenceAwsAdvice()
  const secret = (name: string) => (env[name] ? new Secret(env[name]) : undefined)
  return {
    s3: { endpoint: env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined, credentials: keysIn(env) },
    gcs: { apiEndpoint: env.STORAGE_EMULATOR_HOST || undefined, fetch: proxyFetch(env) },
    azure: {
      connectionString: secret('AZURE_STORAGE_CONNECTION_STRING'),
      accountKey: secret('AZURE_STORAGE_KEY'),
      sas: secret('AZURE_STORAGE_SAS_TOKEN'),
    },
  }
}

/** Plain keys; those of a session, and all else, are found by the chain itself. */
function keysIn(env: CommandIo['env']): KeyPair | undefined {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: key, AWS_SESSION_TOKEN: session } = env
  if (!id || !key || session) return undefined
  return { accessKeyId: new Secret(id), secretAccessKey: new Secret(key) }
}
