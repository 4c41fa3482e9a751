import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { ApiFailure } from '../../../src/errors.ts'
import { lookUpTransformers } from '../../../src/provision/plan/look-up-transformers.ts'
import { startSimulator } from '../../../src/simulator/server.ts'
import { buildWorld } from '../../../src/simulator/world/world-builder.ts'
import { aCaller } from '../../support/callers.ts'
import { createFakeCloudflare } from '../../support/fake-cloudflare.ts'
import { accountId, aJob, wanting, zone } from '../../support/provision-values.ts'
import { runProvision } from '../../support/run-provision.ts'

const transformers = [
  { id: 1, name: 'redact-pii', dataset: 'http_requests' },
  { id: 2, name: 'twice', dataset: null },
  { id: 3, name: 'twice', dataset: null },
  { id: 4, name: 'untold', dataset: null },
]
const fake = () => createFakeCloudflare({ accounts: [{ id: accountId, name: 'Quay' }], transformers })
const naming = (transformer: string, dataset = 'http_requests') =>
  aJob({ scope: zone, name: 'sre-http', dataset }, { transformer })

async function lookedUp(...jobs: readonly ReturnType<typeof aJob>[]) {
  const cloudflare = fake()
  const { desired, problems } = await lookUpTransformers(wanting(jobs), {
    jobs: cloudflare.jobs,
    call: aCaller(),
  })
  const ids = desired.resources.map((one) => (one.kind === 'job' ? one.resource.transformerId : null))
  return { ids, said: problems.map(({ message }) => message), calls: cloudflare.calls }
}

t.test('a name becomes the id, with one list for an account and none where no job names any', async (t) => {
  const found = await lookedUp(naming('redact-pii'), naming('untold', 'dns_logs'), aJob({ transformerId: 9 }))
  t.strictSame(found.ids, [1, 4, 9])
  t.strictSame(found.said, [])
  t.strictSame(found.calls, [`list transformers ${accountId}`])
  t.strictSame((await lookedUp(aJob())).calls, [])
})

t.test('a name that is not there, is there twice, or reads another dataset is an error', async (t) => {
  t.strictSame((await lookedUp(naming('redact-pi'))).said, [
    'job sre-http: account Quay has no transformer called "redact-pi"; did you mean "redact-pii"?',
  ])
  t.strictSame((await lookedUp(naming('other'))).said, [
    'job sre-http: account Quay has no transformer called "other"; it has "redact-pii", "twice", "untold"',
  ])
  t.strictSame((await lookedUp(naming('twice'))).said, [
    'job sre-http: 2 transformers are called "twice"; use transformer_id: 2, 3',
  ])
  t.strictSame((await lookedUp(naming('redact-pii', 'dns_logs'))).said, [
    'job sre-http: the transformer "redact-pii" reads http_requests, not dns_logs',
  ])
})

t.test('a list that cannot be had is no error of the manifest', async (t) => {
  const { jobs } = fake()
  const { desired, problems } = await lookUpTransformers(wanting([naming('redact-pii')]), {
    jobs: {
      ...jobs,
      listTransformers: async () => {
        throw new ApiFailure('forbidden', 'not allowed', { operation: 'list transformers' })
      },
    },
    call: aCaller(),
  })
  t.match(problems, [{ outside: true, message: /"redact-pii" cannot be looked up: not allowed/ }])
  t.match(desired.resources, [{ resource: { transformerId: null } }], 'nothing is compared')
})

t.test('jobs of zones by the name of a transformer: plan, apply, an empty plan', async (t) => {
  const built = buildWorld(31)
  const account = built.account('Quay')
  for (const name of ['a.example', 'b.example']) built.zone(name, account)
  const id = built.transformer(account, 'redact-pii', 'http_requests')
  const sim = await startSimulator({ world: built.spec() })
  const folder = mkdtempSync(join(tmpdir(), 'transformers-'))
  t.teardown(async () => {
    await sim.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const path = join(folder, 'm.yaml')
  const env = {
    CLOUDFLARE_API_TOKEN: sim.token,
    LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url,
    XDG_CACHE_HOME: folder,
  }
  const run = (...argv: readonly string[]) => runProvision([...argv, '-f', path], { env })
  const write = (transformer: string, output = '') =>
    writeFileSync(
      path,
      `version: 1
account: { id: ${account} }
owner: sre
jobs:
  - name: sre-http
    zones: all
    dataset: http_requests
    destination: { s3: { bucket: b, path: "\${zone}", region: us-east-1, access_key_id: AKID, secret_access_key: "\${env:CLOUDFLARE}" } }
    ${transformer}
${output}`,
    )
  Object.assign(env, { CLOUDFLARE: 'canary' })
  write('transformer: redact-pii')
  t.match(await run('apply', '--yes'), { code: 0, stdout: new RegExp(`transformer_id: ${id}`) })
  t.strictSame(
    sim.world.jobs().map(({ fields }) => fields.transformer_id),
    [id, id],
  )
  t.match(await run('plan', '--detailed-exitcode'), { code: 0, stdout: /No changes: 2 objects/ })
  t.match(await run('plan', '--detailed-exitcode', '--offline'), { code: 0, stdout: /No changes/ })
  write('transformer: redact-pi')
  t.match(await run('plan'), {
    code: 65,
    stderr:
      /m\.yaml:5:11: job sre-http: account \S+ has no transformer called "redact-pi"; did you mean "redact-pii"\?\n1 error/,
  })
  write('transformer: redact-pii', '    transformer_id: 3\n    output: { output_type: csv }\n')
  t.match((await run('validate')).stderr.split('\n'), [
    /m\.yaml:5:5: jobs\[0\]: expected either transformer or transformer_id, found both/,
    /m\.yaml:11:28: warning: jobs\[0\]\.output\.output_type: expected ndjson: transformers read nothing else/,
  ])
})
