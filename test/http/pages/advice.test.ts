import { readFileSync } from 'node:fs'
import t from 'tap'
import type { FailureReason } from '../../../src/domain/job/job.ts'
import type { JobFacts } from '../../../src/exporter/view/job-status.ts'
import { adviceFor } from '../../../src/http/pages/advice.ts'
import { renderRunbook } from '../../../src/http/pages/runbook-html.ts'

const facts = (destinationType: string, destination: string): JobFacts => ({
  dataset: 'http_requests',
  kind: '',
  enabled: true,
  destinationType,
  destination,
  maxUploadIntervalSeconds: null,
  firstSeen: 0,
})
const advice = (reason: FailureReason, type: string, destination: string) =>
  adviceFor({ reason, facts: facts(type, destination) })

const cases: readonly (readonly [FailureReason, string, string, string | null])[] = [
  [
    'auth',
    's3',
    's3://quay-logs/http/{DATE}?region=us-east-1',
    'aws s3api get-bucket-policy --bucket quay-logs --query Policy --output text',
  ],
  [
    'not_found',
    's3',
    's3://quay-logs/http?endpoint=minio.quay.example&region=x',
    'aws s3api head-bucket --bucket quay-logs --endpoint-url https://minio.quay.example',
  ],
  [
    'tls',
    's3',
    's3://quay-logs?endpoint=minio.quay.example:9000',
    'openssl s_client -connect minio.quay.example:9000 -servername minio.quay.example </dev/null | openssl x509 -noout -subject -issuer -enddate',
  ],
  ['auth', 'gcs', 'gs://quay-dns/{DATE}', 'gcloud storage buckets get-iam-policy gs://quay-dns'],
  [
    'not_found',
    'azure',
    'azure://quaylogs.blob.core.windows.net/logs/http?***',
    'az storage container show --account-name quaylogs --name logs --auth-mode login',
  ],
  [
    'auth',
    'splunk',
    'splunk://splunk.quay.example:8088/services/collector/raw?channel=***',
    'curl -sS https://splunk.quay.example:8088/services/collector/health',
  ],
  [
    'auth',
    'datadog',
    'datadog://http-intake.logs.datadoghq.eu/api/v2/logs?header_DD-API-KEY=***',
    'curl -sS -H "DD-API-KEY: $DD_API_KEY" https://api.datadoghq.eu/api/v1/validate',
  ],
  ['dns', 'splunk', 'splunk://splunk.quay.example:8088', 'dig +short splunk.quay.example @1.1.1.1'],
  ['throttled', 'r2', 'r2://logs/http', null],
  ['auth', 'r2', 'r2://logs/http', 'npx wrangler r2 bucket info logs'],
  ['not_found', 'r2', 'r2://logs/http', 'npx wrangler r2 bucket info logs'],
  ['dns', 'r2', 'r2://logs/http', null],
  ['not_found', 's3', 's3://quay-logs', 'aws s3api head-bucket --bucket quay-logs'],
  ['not_found', 'gcs', 'gs://quay-dns', 'gcloud storage buckets describe gs://quay-dns'],
  ['dns', 'gcs', 'gs://quay-dns', 'dig +short storage.googleapis.com @1.1.1.1'],
  [
    'tls',
    's3',
    's3://quay-logs',
    'openssl s_client -connect quay-logs.s3.amazonaws.com:443 -servername quay-logs.s3.amazonaws.com </dev/null | openssl x509 -noout -subject -issuer -enddate',
  ],
  [
    'timeout',
    'https',
    'https://logs.example/in',
    "curl -sS -o /dev/null -w '%{http_code} in %{time_total} s\\n' https://logs.example/",
  ],
  ['rejected', 'https', 'https://logs.example/in', null],
  ['other', 'https', 'https://logs.example/in', null],
  // Nothing of it may reach a shell.
  ['auth', 's3', 's3://$(reboot)/x', null],
  ['dns', 'https', 'https://a.example;reboot/x', null],
  ['not_found', 's3', 's3://logs?endpoint=a.example;reboot', null],
]

t.test('the first check is one for this error at this destination', async (t) => {
  for (const [reason, type, destination, command] of cases)
    t.equal(advice(reason, type, destination)?.command, command, `${reason} ${destination}`)
  t.match(advice('auth', 'gcs', 'gs://quay-dns')?.text, /logpush@cloudflare-data/)
  t.match(advice('auth', 'a new kind', 'new://x')?.text, /key or header/)
  t.equal(adviceFor({ reason: null, facts: null }), null)
  t.match(adviceFor({ reason: 'dns', facts: null }), { command: null, anchor: /other-http-endpoints$/ })
})

t.test('each class of error has advice of its own', async (t) => {
  const texts = (
    ['auth', 'not_found', 'dns', 'tls', 'timeout', 'throttled', 'rejected', 'server_error', 'other'] as const
  ).map((reason) => advice(reason, 's3', 's3://quay-logs')?.text ?? '')
  t.equal(new Set(texts).size, 9)
  for (const text of texts) t.match(text, /^[A-Z].*[.?]$/)
})

t.test('each kind leads to its place in the runbook', async (t) => {
  const { body } = renderRunbook(readFileSync('alerts/runbooks/destinations.md', 'utf8'))
  for (const type of [
    's3',
    'r2',
    'gcs',
    'azure',
    'splunk',
    'datadog',
    'sumo_logic',
    'bigquery',
    'kinesis',
    'new_relic',
  ]) {
    const anchor = advice('auth', type, 's3://x')?.anchor
    t.ok(body.html.includes(`id="${anchor}"`), `${type}: ${anchor}`)
  }
  t.ok(body.html.includes(`id="${advice('auth', 's3', 's3://x?endpoint=y.example')?.anchor}"`))
})
