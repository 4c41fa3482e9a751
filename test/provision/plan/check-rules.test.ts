import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { checkRules } from '../../../src/provision/plan/check-rules.ts'
import { outputForm } from '../../../src/provision/resource/output-form.ts'
import { manifestOf } from '../../support/manifest-files.ts'
import { aJob, wanting } from '../../support/provision-values.ts'

/* What a team requires, of jobs as they are once references and variables are resolved. */

const head = 'version: 1\naccount: { id: 0123456789abcdef0123456789abcdef }\n'
const brokenBy = (policy: string, ...confs: readonly string[]): readonly string[] =>
  checkRules(
    manifestOf(`${head}policy: ${policy}\n`),
    wanting(confs.map((conf) => aJob({ name: conf, destinationConf: new Secret(conf) }))),
  ).map(({ message }) => message.replace(/^job (.*?): the policy .*$/, '$1'))

t.test('destinations are allowed by address, and by the service they are at', async (t) => {
  const here = ['s3://quay-logs/a?region=us-east-1', 's3://quay-logs?region=us-east-1']
  t.strictSame(brokenBy('{ destinations: ["s3://quay-logs"] }', ...here), [])
  t.strictSame(brokenBy('{ destinations: ["s3://quay-*"] }', ...here), [])
  const others = [
    's3://quay-logs-of-others/a?region=us-east-1',
    's3://quay-logs/a?region=auto&endpoint=s3.example.com',
    's3://quay-logs/a?region=auto&endpoint=s3.example.com&x=a+b',
    'https://quay-logs/a',
    'no destination',
  ]
  t.strictSame(brokenBy('{ destinations: ["s3://quay-logs"] }', ...others), others)
  const at = '{ destinations: ["s3://quay-logs?endpoint=s3.example.com"] }'
  t.strictSame(brokenBy(at, ...here, ...others.slice(1, 2)), here, 'a service that is named is required')
  t.strictSame(brokenBy('{ destinations: [] }', ...here), here)
  const account = '0'.repeat(32)
  const r2 = `r2://logs/a?account-id=${account}&access-key-id=k&secret-access-key=s`
  t.strictSame(
    brokenBy('{ destinations: ["r2://logs"] }', r2),
    [r2],
    "another account's bucket may have the name",
  )
  t.strictSame(brokenBy(`{ destinations: ["r2://logs?account-id=${account}"] }`, r2), [])
})

t.test('required fields and whole logs are checked as they will be sent', async (t) => {
  const rules = manifestOf(`${head}policy: { fields: { "*": [Outcome, RayID] }, sampling: false }\n`)
  const problems = (output: Parameters<typeof outputForm>) =>
    checkRules(rules, wanting([aJob({ output: outputForm(...output) })])).map(({ message }) => message)
  t.strictSame(problems(['all', {}]), [])
  t.strictSame(problems([['RayID', 'Outcome'], {}]), [])
  t.match(problems([['Outcome'], { sample_rate: 0.1 }]), [
    /^job sre-worker-logs: the policy at 0\.yaml:3 requires fields that are not listed: RayID$/,
    /allows no sampling$/,
  ])
})
