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
  return read.value
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
