import t from 'tap'
import { importAppInterface } from '../../../src/provision/transfer/import-app-interface.ts'
import { readYaml } from '../../../src/settings/yaml-text.ts'
import { account } from '../../support/provision-values.ts'

const destination = 's3://quay-logs/http?region=us-east-1'
const job = (more: object = {}) => ({
  provider: 'logpush_job',
  identifier: 'quay-http',
  name: 'quay-http',
  zone: 'quay.example',
  dataset: 'http_requests',
  destination_conf: destination,
  ...more,
})

function imported(...resources: readonly object[]) {
  const text = JSON.stringify({ externalResources: [{ provider: 'cloudflare', resources }] })
  const read = importAppInterface([{ file: 'quay.yml', text }], account, readYaml)
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'))
  const [only] = read.value
  if (only === undefined || read.value.length > 1) throw new Error(`${read.value.length} manifests`)
  return only.portable
}

t.test('defaults and overrides are not followed, and that is said of each job that has them', async (t) => {
  const followed = /^job quay-http.*: its defaults file and overrides are not read\.$/
  t.same(imported(job()).notes, [])
  t.same(imported(job({ overrides: null, defaults: '' })).notes, [])
  for (const more of [{ overrides: { enabled: false } }, { defaults: '/terraform/resources/logpush.yml' }]) {
    const { notes } = imported(job(more))
    t.equal(notes.length, 1)
    t.match(notes[0], followed)
  }
})

t.test('a job without a destination is left out by name, its neighbours stay', async (t) => {
  const { jobs, notes } = imported(job({ destination_conf: null }), job({ name: 'other' }))
  t.same(notes, ['The logpush_job quay-http has no destination_conf and is skipped.'])
  t.same(
    jobs.map(({ resource }) => resource.name),
    ['other'],
  )
})

t.test('a challenge belongs to the jobs of its zone and destination', async (t) => {
  const challenge = { provider: 'logpush_ownership_challenge', identifier: 'c', zone: 'quay.example' }
  const { jobs } = imported(
    { ...challenge, destination_conf: destination },
    job(),
    job({ name: 'elsewhere', zone: 'other.example' }),
    job({ name: 'account', zone: undefined }),
  )
  t.same(
    jobs.map(({ resource, hadChallenge }) => [resource.name, resource.scope.kind, hadChallenge]),
    [
      ['quay-http', 'zone', true],
      ['elsewhere', 'zone', false],
      ['account', 'account', false],
    ],
  )
})

t.test('a job of a zone stays one, by the keys of the files and by those of queries', async (t) => {
  const queried = { name: undefined, zone: undefined, job_name: 'quay-http', zone_name: 'quay.example' }
  for (const more of [{}, queried]) {
    const { jobs, notes } = imported(job({ identifier: 'something-else', ...more }))
    t.match(jobs, [{ resource: { name: 'quay-http', scope: { kind: 'zone', name: 'quay.example' } } }])
    t.same(notes, [])
  }
})

t.test('a job without a name gets its identifier, and how to take over the live one is said', async (t) => {
  const { jobs, notes } = imported(job({ name: undefined }))
  t.match(jobs, [{ resource: { name: 'quay-http' } }])
  t.equal(notes.length, 1)
  t.match(notes[0], /^job quay-http in zone quay\.example: it has no name there.*"adopt: \{ id: … \}"/)
})

t.test('each provisioner is an account, named by its own file, its reference or its name', (t) => {
  const provisioned = (provisioner: object, name: string) => ({
    provider: 'cloudflare',
    provisioner,
    resources: [job({ name })],
  })
  const namespace = {
    $schema: '/openshift/namespace-1.yml',
    externalResources: [
      provisioned({ $ref: '/cloudflare/quay/prod.yml' }, 'in-prod'),
      provisioned({ $ref: '/cloudflare/stage.yml' }, 'in-stage'),
      provisioned({ name: 'queried' }, 'in-queried'),
      provisioned({ $ref: '/cloudflare/stage.yml' }, 'also-in-stage'),
    ],
  }
  const texts = [
    { file: 'data/namespace.yml', text: JSON.stringify(namespace) },
    {
      file: 'data/cloudflare/quay/prod.yml',
      text: JSON.stringify({ $schema: '/cloudflare/account-1.yml', name: 'quay-prod' }),
    },
  ]
  const read = importAppInterface(texts, null, readYaml)
  const jobs = read.ok
    ? read.value.map(({ provisioner, portable }) => [
        provisioner,
        portable.jobs.map(({ resource }) => resource.name),
      ])
    : read.problems
  t.same(jobs, [
    ['quay-prod', ['in-prod']],
    ['stage', ['in-stage', 'also-in-stage']],
    ['queried', ['in-queried']],
  ])
  t.end()
})

t.test('keys that nothing reads are said of each job', async (t) => {
  const { notes } = imported(job({ output_resource_name: 'x', max_upload_bytes: 5, filter: null }))
  t.same(notes, [
    'job quay-http in zone quay.example: unknown keys are not read: output_resource_name, max_upload_bytes.',
  ])
})
