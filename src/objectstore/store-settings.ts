import type { KeyPair } from '../ports/object-reader.ts'
import type { AzureSettings } from './azure-access.ts'
import type { GcsSettings } from './gcs-access.ts'

/** How the stores are reached where neither destination nor rule says it. */
export interface StoreSettings {
  readonly s3?: { readonly endpoint?: string; readonly credentials?: KeyPair; readonly timeoutMs?: number }
  readonly gcs?: GcsSettings
  readonly azure?: AzureSettings
}
