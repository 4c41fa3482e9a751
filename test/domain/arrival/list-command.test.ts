import t from 'tap'
import { listCommand } from '../../../src/domain/arrival/list-command.ts'

const now = Date.UTC(2026, 10, 28, 10)
const place = { bucket: 'quay-logs', path: 'http/{DATE}' }
const s3 = { ...place, store: 's3', region: null, endpoint: null } as const

t.test('the files of the day are listed with the command of each store', async (t) => {
  const folder = 'quay-logs/http/20261128/'
  t.equal(listCommand(s3, now), `aws s3 ls "s3://${folder}"`)
  t.equal(listCommand({ ...s3, region: 'eu-west-1' }, now), `aws s3 ls "s3://${folder}" --region eu-west-1`)
  t.equal(
    listCommand({ ...place, store: 'r2', accountId: 'a1' }, now),
    `aws s3 ls "s3://${folder}" --endpoint-url https://a1.r2.cloudflarestorage.com`,
  )
  t.equal(listCommand({ ...place, store: 'gcs' }, now), `gcloud storage ls --long "gs://${folder}"`)
  t.equal(
    listCommand({ ...place, store: 'azure', account: 'quay' }, now),
    'az storage blob list --account-name quay --container-name quay-logs --prefix "http/20261128/" --output table',
  )
})

t.test('records are counted with one', async (t) => {
  const index = { store: 'elastic', url: 'https://search.example', index: 'logs-*', timeField: 'at' } as const
  t.equal(
    listCommand({ ...index, query: "job:'x'" }, now),
    `curl -H "Authorization: ApiKey $ELASTIC_API_KEY" -H 'Content-Type: application/json' "https://search.example/logs-*/_count" -d '{"query":{"bool":{"filter":[{"range":{"at":{"gte":"now-1h","lt":"now"}}},{"query_string":{"query":"job:'\\''x'\\''"}}]}}}'`,
  )
})

t.test('without a path it is the whole bucket, and an endpoint is an address', async (t) => {
  t.equal(listCommand({ ...s3, path: '' }, now), 'aws s3 ls "s3://quay-logs/"')
  for (const endpoint of ['minio.example', 'https://minio.example'])
    t.match(listCommand({ ...s3, endpoint }, now), / --endpoint-url https:\/\/minio\.example$/)
})
