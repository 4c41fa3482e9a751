import type { CommandIo } from '../cli/command-io.ts'
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
  const s3Endpoint = given(env.AWS_ENDPOINT_URL_S3) ?? given(env.AWS_ENDPOINT_URL)
  const gcsEndpoint = given(env.STORAGE_EMULATOR_HOST)
  const connectionString = given(env.AZURE_STORAGE_CONNECTION_STRING)
  const accountKey = given(env.AZURE_STORAGE_KEY)
  const sas = given(env.AZURE_STORAGE_SAS_TOKEN)
  return {
    s3: { ...(s3Endpoint === null ? {} : { endpoint: s3Endpoint }), ...keysIn(env) },
    gcs: gcsEndpoint === null ? {} : { apiEndpoint: gcsEndpoint },
    azure: {
      ...(connectionString === null ? {} : { connectionString: new Secret(connectionString) }),
      ...(accountKey === null ? {} : { accountKey: new Secret(accountKey) }),
      ...(sas === null ? {} : { sas: new Secret(sas) }),
    },
  }
}

function given(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text
}

/** Plain keys; those of a session, and all else, are found by the chain itself. */
function keysIn(env: CommandIo['env']): { readonly credentials?: KeyPair } {
  const [id, key] = [given(env.AWS_ACCESS_KEY_ID), given(env.AWS_SECRET_ACCESS_KEY)]
  if (id === null || key === null || given(env.AWS_SESSION_TOKEN) !== null) return {}
  return { credentials: { accessKeyId: new Secret(id), secretAccessKey: new Secret(key) } }
}
