import t from 'tap'
import { createReport, isSecretPath } from '../../../src/provision/manifest/report.ts'
import { readYaml } from '../../../src/settings/yaml-text.ts'

/* What a report of a manifest says, and what it never repeats. */

t.test('what stands at a path may be a secret unless it is known that it is none', async (t) => {
  for (const [path, expected] of [
    ['jobs.0.destination.s3.bucket', false],
    ['jobs.0.destination.s3.secret_access_key', true],
    ['jobs.0.destination.splunk.insecure_skip_verify', false],
    ['jobs.0.destination.http.headers', true],
    ['jobs.0.destination.http.headers.Authorization', true],
    ['jobs.0.destination.s3.unknown', true],
    ['jobs.0.destination.unknown.bucket', true],
    ['jobs.0.destination.s3', true],
    ['jobs.0.destination', true],
    ['defaults.destination.s3.bucket', false],
    ['jobs.0.ownership.token', true],
    ['jobs.0.ownership.read', false],
    ['jobs.0.ownership', true],
    ['jobs.0.name', false],
    ['notifications.webhooks.0.name', false],
    ['notifications.webhooks.0.url', true],
    ['notifications.policies.0.email', false],
    ['other.webhooks.0.url', false],
  ] as const)
    t.equal(isSecretPath(path.split('.')), expected, path)
})

function report() {
  const read = readYaml('jobs:\n  - destination: { s3: { bucket: b } }\n    name: a\n')
  if (!read.ok) throw new Error('no YAML')
  const made = createReport({ file: 'm.yaml', root: read.root })
  return { ...made, said: () => made.problems.map(({ level, message }) => `${level}: ${message}`) }
}

t.test('an error of a mapping that only repeats that a key of its own is wrong is left out', async (t) => {
  const job = ['jobs', 0]
  for (const [broken, message, isSaid] of [
    [[], 'expected a name', true],
    [['jobs[0].name'], 'expected a name', false],
    [['jobs[0].name'], 'expected a surname', true],
    [['jobs[1].name'], 'expected a name', true],
    [['jobs[0].name.more'], 'expected a name, and more', true],
    [['jobs[1].name', 'jobs[0].name'], 'expected a name', false],
  ] as const) {
    const { said, broken: known, error } = report()
    for (const text of broken) known.add(text)
    error(job, message)
    t.same(said(), isSaid ? [`error: jobs[0]: ${message}`] : [], `${broken.join()}: ${message}`)
  }
})

t.test('nothing more is said of a destination one of whose keys is wrong', async (t) => {
  const { said, broken, warn } = report()
  broken.add('jobs[0].destination.s3')
  warn(['jobs', 0, 'destination'], 'expected something else')
  t.same(said(), [])
  warn(['jobs', 0], 'is odd')
  t.same(said(), ['warning: jobs[0]: is odd'])
})
