import type { StorePlace } from '../destination/store-place.ts'
import type { EpochMs } from '../time.ts'
import { dateOf } from './file-name.ts'

/** The command by which people list the files of the day themselves, with their own credentials. */
export function listCommand(place: StorePlace, now: EpochMs): string {
  const path = place.path.replaceAll('{DATE}', dateOf(now))
  const folder = path === '' ? '' : `${path}/`
  switch (place.store) {
    case 's3': {
      const endpoint = place.endpoint === null ? '' : ` --endpoint-url ${addressOf(place.endpoint)}`
      const region = place.region === null ? '' : ` --region ${place.region}`
      return `aws s3 ls "s3://${place.bucket}/${folder}"${region}${endpoint}`
    }
    case 'r2':
      return `aws s3 ls "s3://${place.bucket}/${folder}" --endpoint-url https://${place.accountId}.r2.cloudflarestorage.com`
    case 'gcs':
      return `gcloud storage ls --long "gs://${place.bucket}/${folder}"`
    case 'azure':
      return `az storage blob list --account-name ${place.account} --container-name ${place.bucket} --prefix "${folder}" --output table`
  }
}

function addressOf(endpoint: string): string {
  return endpoint.includes('://') ? endpoint : `https://${endpoint}`
}
