import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { destinationExpression } from '../../../src/provision/transfer/terraform-destination.ts'
import { aJob } from '../../support/provision-values.ts'

/* A destination as Terraform evaluates it: every secret in a variable, all else as it is live. */

/** The expression, and what is behind each of its variables. */
function expressed(conf: string) {
  const hidden: string[] = []
  const value = destinationExpression(
    aJob({ destinationConf: new Secret(conf) }).resource,
    (field, secret) => {
      hidden.push(`${field} = ${secret.reveal()}`)
      return `v${hidden.length}`
    },
  )
  return [typeof value === 'object' && 'code' in value ? value.code : value, hidden]
}

const plain = (name: string) => `\${replace(urlencode(var.${name}), "+", "%20")}`
const coded = (name: string) => `\${var.${name}}`

t.test('what is no secret stays as it is', async (t) => {
  for (const conf of [
    'gs://quay-logs/http/{DATE}',
    's3://quay-logs/http?region=us-east-1&sse=AES256',
    's3://quay-logs/a%20b?region=us-east-1',
  ])
    t.same(expressed(conf), [`"${conf}"`, []])
  t.same(expressed(`gs://quay-logs/\${zone}`), [`"gs://quay-logs/$\${zone}"`, []], 'no template of Terraform')
})

t.test('keys in the query are variables, encoded as they are live', async (t) => {
  t.same(expressed('s3://b/a?access-key-id=AK&secret-access-key=a%2Fb&region=us-east-1'), [
    `"s3://b/a?access-key-id=${plain('v1')}&secret-access-key=${plain('v2')}&region=us-east-1"`,
    ['access_key_id = AK', 'secret_access_key = a/b'],
  ])
  t.same(
    expressed('s3://b/a?access-key-id=AK&secret-access-key=a/b&region=us-east-1'),
    [
      `"s3://b/a?access-key-id=${plain('v1')}&secret-access-key=${coded('v2')}&region=us-east-1"`,
      ['access_key_id = AK', 'secret_access_key.encoded = a/b'],
    ],
    'Terraform would encode the slash',
  )
})

t.test('headers and parameters that no field names are secrets under their own names', async (t) => {
  t.same(expressed('https://logs.example.com?header_X-Key=a%20b&team=sre'), [
    `"https://logs.example.com?header_X-Key=${plain('v1')}&team=${plain('v2')}"`,
    ['headers.X-Key = a b', 'params.team = sre'],
  ])
})

t.test('what Terraform encodes and JavaScript does not is encoded in both', async (t) => {
  t.same(expressed('https://logs.example.com?header_X=%21%27%28%29%2A'), [
    `"https://logs.example.com?header_X=${plain('v1')}"`,
    ["headers.X = !'()*"],
  ])
  t.same(expressed('https://logs.example.com?header_X=%2a'), [
    `"https://logs.example.com?header_X=${coded('v1')}"`,
    ['headers.X.encoded = %2a'],
  ])
})

t.test('of an address only the host is shown', async (t) => {
  t.same(expressed('https://logs.example.com:8443/in/canary?header_X=a'), [
    `"https://logs.example.com:8443/${coded('v1')}?header_X=${plain('v2')}"`,
    ['url.path = in/canary', 'headers.X = a'],
  ])
})

t.test('a secret at the end of an address, a prefix, and a query that is one secret', async (t) => {
  const sumo = 'endpoint1.collection.us2.sumologic.com/receiver/v1/http/'
  t.same(expressed(`sumo://${sumo}canary`), [`"sumo://${sumo}${coded('v1')}"`, ['collector = canary']])
  const hec = 'splunk://hec.example.com:8088/services/collector/raw?insecure-skip-verify=false&sourcetype=cf'
  t.same(expressed(`${hec}&channel=c&header_Authorization=Splunk%20canary`), [
    `"${hec}&channel=${plain('v1')}&header_Authorization=Splunk%20${plain('v2')}"`,
    ['channel = c', 'token = canary'],
  ])
  t.same(expressed('azure://acc.blob.core.windows.net/logs/a?sv=1&sig=canary'), [
    `"azure://acc.blob.core.windows.net/logs/a?${coded('v1')}"`,
    ['sas = sv=1&sig=canary'],
  ])
})

t.test('a destination of an unknown kind is a variable as a whole', async (t) => {
  t.same(expressed('new-kind://canary?x=1'), ['var.v1', ['destination_conf = new-kind://canary?x=1']])
})
