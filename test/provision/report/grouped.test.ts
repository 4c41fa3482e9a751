import t from 'tap'
import type { Scope } from '../../../src/domain/scope.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { plannedProofs, proofNotes } from '../../../src/provision/ownership/proof-notes.ts'
import { makePlan } from '../../../src/provision/plan/plan.ts'
import { planJson } from '../../../src/provision/plan/plan-json.ts'
import { planEverything } from '../../../src/provision/plan/plan-options.ts'
import { planMarkdown } from '../../../src/provision/report/render-markdown.ts'
import { planLines } from '../../../src/provision/report/render-text.ts'
import { actualJob } from '../../../src/provision/resource/live-resource.ts'
import type { Actual, Desired } from '../../../src/provision/resource/resource.ts'
import { noColors } from '../../support/colors.ts'
import { emptyJob } from '../../support/fake-jobs.ts'
import { account, accountId, aJob, wanting } from '../../support/provision-values.ts'

/* A plan over a fleet has to be read by a person, and to fit into a comment. */

const zoneOf = (index: number): Scope => ({
  kind: 'zone',
  id: String(index).padStart(32, '0'),
  name: `zone-${index}.example`,
  account: { id: accountId, name: 'Quay' },
})
const jobIn = (
  scope: Scope,
  name = 'sre-http',
  conf = `s3://logs/http/${scope.name}/{DATE}?region=us-east-1`,
) => aJob({ scope, name, dataset: 'http_requests', destinationConf: new Secret(conf) })
const live = (job: ReturnType<typeof aJob>, id: string, enabled = true): Actual =>
  actualJob(job.resource.scope, {
    ...emptyJob,
    id,
    name: job.resource.name,
    dataset: job.resource.dataset,
    enabled,
    destinationConf: job.resource.destinationConf,
    lastComplete: Date.UTC(2026, 10, 28, 12),
    outputOptions: { field_names: ['Outcome', 'ScriptName'], timestamp_format: 'rfc3339' },
  })
const planOf = (desired: readonly Desired[], actual: readonly Actual[]) => ({
  plan: makePlan(
    wanting(desired),
    { resources: actual, unreadable: [], pagerduty: new Map() },
    planEverything,
  ),
  objections: [],
  problems: [],
})
const indexes = (count: number) => Array.from({ length: count }, (_, index) => index)

t.test('equal changes of many zones are one block, with the zone as a manifest writes it', (t) => {
  const shown = planOf(
    indexes(4).map((index) => jobIn(zoneOf(index))),
    [],
  )
  const lines = planLines(shown, noColors)
  t.strictSame(lines.slice(0, 2), [
    '+ create job sre-http in 4 zones',
    '    zone-0.example, zone-1.example, zone-2.example, zone-3.example',
  ])
  t.ok(lines.includes(`    destination: s3://logs/http/\${zone}/{DATE}?region=us-east-1`))
  t.equal(lines.filter((line) => line.includes('dataset:')).length, 1)
  const markdown = planMarkdown(shown).join('\n')
  t.match(
    markdown,
    '**+ create** job `sre-http` in 4 zones\n\n<details>\n<summary>4 objects</summary>\n\nzone-0',
  )
  t.equal(planJson(shown).changes.length, 4, 'JSON stays complete')
  t.end()
})

t.test('two of a kind, and changes that differ, stay by themselves', (t) => {
  const two = planOf(
    indexes(2).map((index) => jobIn(zoneOf(index))),
    [],
  )
  t.match(planLines(two, noColors)[0], /^\+ create job sre-http in zone zone-0\.example$/)
  const jobs = indexes(3).map((index) =>
    jobIn(zoneOf(index), 'sre-http', `s3://logs/${index}?region=us-east-1`),
  )
  t.equal(planLines(planOf(jobs, []), noColors).filter((line) => line.startsWith('+')).length, 3)
  t.end()
})

t.test('a delete says what is lost, each by itself', (t) => {
  const gone = indexes(3).map((index) =>
    live(
      jobIn(zoneOf(index), 'sre-old', 's3://logs/x?region=us-east-1&secret-access-key=canary'),
      String(index),
    ),
  )
  const plan = {
    ...planOf([], []),
    plan: {
      changes: gone.flatMap((actual) =>
        actual.kind === 'job' ? [{ change: 'delete', kind: 'job', actual, fields: [] } as const] : [],
      ),
      unchanged: 0,
      leftOver: [],
      notes: [],
    },
  }
  const lines = planLines(plan, noColors)
  t.strictSame(lines.slice(0, 6), [
    '- delete job sre-old in zone zone-0.example id 0',
    '    dataset: http_requests',
    '    destination: s3://logs/x?region=us-east-1&secret-access-key=***',
    '    enabled: true',
    '    last delivery: 2026-11-28T12:00:00.000Z',
    '',
  ])
  const markdown = planMarkdown(plan).join('\n')
  t.match(markdown, '| lost | value |\n|---|---|\n| `dataset` | `http_requests` |')
  t.notMatch(lines.join('\n') + markdown, 'canary')
  t.end()
})

t.test('Markdown stays below 60 kB and counts what it leaves out', (t) => {
  const many = planOf(
    indexes(2_000).map((index) => jobIn(zoneOf(index), 'sre-http', `s3://logs/${index}?region=us-east-1`)),
    [],
  )
  const notes = indexes(2_000).map((index) => `note ${index}: ${'x'.repeat(100)}`)
  const problems = indexes(1_000).map((line) => ({
    at: { file: 'fleet.yaml', line: line + 1, column: 1 },
    level: 'error' as const,
    message: 'wrong'.repeat(50),
  }))
  const markdown = planMarkdown({ ...many, plan: { ...many.plan, notes }, problems }).join('\n')
  t.ok(Buffer.byteLength(markdown) < 60_000, `${Buffer.byteLength(markdown)} bytes`)
  t.ok(Buffer.byteLength(markdown) > 50_000)
  t.match(markdown, /… and \d+ more changes or groups of changes: see the plan as text or JSON\./)
  t.match(markdown, /… and \d+ more notes/)
  t.match(markdown, /… and \d+ more problems and objections/)
  t.match(markdown, '### Plan: 2000 to create')
  const rotated = planMarkdown(
    planOf(
      indexes(600).map((index) => jobIn(zoneOf(index))),
      [],
    ),
  ).join('\n')
  t.ok(Buffer.byteLength(rotated) < 4_000, 'a change of 600 jobs is one block')
  t.end()
})

t.test('a note says which proofs of ownership an apply needs, and how it comes by them', (t) => {
  const conf = 's3://logs/x?region=us-east-1'
  const sumo = 'sumo://endpoint1.collection.us2.sumologic.com/receiver/v1/http/canary'
  const { plan } = planOf(
    [
      ...indexes(7).map((index) => jobIn(zoneOf(index))),
      {
        ...aJob({ name: 'sre-a', destinationConf: new Secret(conf) }),
        ownership: { how: 'token', token: new Secret('canary') },
      },
      aJob({ name: 'sre-b', destinationConf: new Secret(sumo) }),
      aJob({ name: 'sre-c', scope: account }),
    ],
    [],
  )
  const notes = proofNotes(plannedProofs(plan))
  t.match([...notes].sort(), [
    /^apply needs 7 proofs of ownership: s3:\/\/logs\/http\/zone-0\.example\/\{DATE\}\?region=us-east-1 \(zone zone-0\.example\), .* and 2 more; it reads the challenge file with the credentials of this machine$/,
    'apply needs a proof of ownership: s3://logs/x?region=us-east-1 (account Quay); the manifest gives the token',
    /^apply needs a proof of ownership: sumo:.*; the program cannot read it there: read it by hand/,
  ])
  t.notMatch(notes.join('\n'), 'canary')
  t.equal(notes.length, 3, 'S3 with keys needs none')
  t.end()
})
