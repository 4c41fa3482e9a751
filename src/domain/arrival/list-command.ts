import type { EpochMs } from '../time.ts'
import { type ArrivalPlace, hasFiles } from './arrival-place.ts'
import type { RecordPlace } from './arrival-rule.ts'
import { countBody } from './count-body.ts'
import { dateOf } from './file-name.ts'

/** The command by which people list the files of the day, or count the last hour, themselves, with their own credentials. */
export function listCommand(place: ArrivalPlace, now: EpochMs): string {
  if (!hasFiles(place)) return countCommand(place)
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

function countCommand(place: RecordPlace): string {
  const body = JSON.stringify(countBody(place, { gte: 'now-1h', lt: 'now' }))
  return `curl -H "Authorization: ApiKey $ELASTIC_API_KEY" -H 'Content-Type: application/json' "${place.url}/${place.index}/_count" -d '${body.replaceAll("'", "'\\''")}'`
}

function addressOf(endpoint: string): string {
  return endpoint.includes('://') ? endpoint : `https://${endpoint}`
}
