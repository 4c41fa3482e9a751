import type { AzureSettings } from './azure-access.ts'
import type { GcsSettings } from './gcs-access.ts'
import type { S3ListerSettings } from './s3-lister.ts'

/** How the stores are reached where neither destination nor rule says it. */
export interface StoreSettings {
  readonly s3?: Pick<S3ListerSettings, 'endpoint' | 'credentials' | 'timeoutMs'>
  readonly gcs?: GcsSettings
  readonly azure?: AzureSettings
}
