import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { buildDestination } from '../../../src/domain/destination/destination.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { UserError } from '../../../src/errors.ts'
import type { Plan } from '../../../src/provision/plan/change.ts'
import { type GuardName, guardPlan, type Objection } from '../../../src/provision/plan/guard.ts'
import { makePlan } from '../../../src/provision/plan/plan.ts'
import { planJson, type ShownPlan } from '../../../src/provision/plan/plan-json.ts'
import { planEverything } from '../../../src/provision/plan/plan-options.ts'
import {
  manifestChecksum,
  readSavedPlan,
  savePlan,
  whyOutdated,
} from '../../../src/provision/plan/saved-plan.ts'
import { sealSecrets } from '../../../src/provision/plan/sealed-secrets.ts'
import { planMarkdown } from '../../../src/provision/report/render-markdown.ts'
import { type Colors, planLines } from '../../../src/provision/report/render-text.ts'
import { actualJob, actualWebhook } from '../../../src/provision/resource/live-resource.ts'
import { outputForm } from '../../../src/provision/resource/output-form.ts'
import type { Problem } from '../../../src/provision/resource/problem.ts'
import type { Actual, Desired, DesiredJob, DesiredState } from '../../../src/provision/resource/resource.ts'
import { noColors } from '../../support/colors.ts'
import { anyDestination, secretTexts } from '../../support/destinations.ts'
import { emptyJob } from '../../support/fake-jobs.ts'
import { holds } from '../../support/property.ts'
import {
  account,
  aJob,
  aPolicy,
  aWebhook,
  pruning,
  removing,
  wanting,
  zone,
} from '../../support/provision-values.ts'

function live(job: DesiredJob, id: string, conf = job.resource.destinationConf): Actual {
  const { scope, name, dataset, enabled } = job.resource
  return actualJob(scope, {
    ...emptyJob,
    id,
    name,
    dataset,
    enabled,
    destinationConf: conf,
    outputOptions: { field_names: ['Outcome', 'ScriptName'], timestamp_format: 'rfc3339' },
  })
}

/** What was live when a plan was made. */
const seen = new WeakMap<Plan, readonly Actual[]>()

function planOf(
  desired: readonly Desired[],
  actual: readonly Actual[],
  more: Partial<DesiredState> = {},
): Plan {
  const plan = makePlan(
    wanting(desired, { ...pruning, ...more }),
    { resources: actual, unreadable: [], pagerduty: new Map() },
    planEverything,
  )
  seen.set(plan, actual)
  return plan
}

/** One change of each kind, a note and a guard that objects. */
function everyChange(): Plan {
  const http = aJob({ scope: zone, name: 'sre-http', dataset: 'http_requests' })
  const audit = aJob({ name: 'sre-audit', dataset: 'audit_logs_v2' })
  const legacy = aJob({ name: 'legacy' })
  const wider = aJob({
    name: 'sre-dns',
    scope: zone,
    dataset: 'dns_logs',
    output: outputForm(['ScriptName', 'Outcome', 'New'], {}),
    filter: { where: { key: 'a', operator: 'eq', value: 1 } },
    upload: { bytes: 5_000_000, records: 0, intervalSeconds: 60 },
  })
  return planOf(
    [aWebhook(), aPolicy(), audit, http, legacy, wider],
    [
      live(http, '11', new Secret('s3://quay-old/workers/{DATE}?region=us-east-1')),
      live(aJob({ name: 'sre-audit', dataset: 'audit_logs' }), '12'),
      live(aJob({ name: 'legacy', enabled: false }), '13'),
      live(aJob({ name: 'sre-old' }), '14'),
      live(wider, '15'),
      actualWebhook(account, {
        id: 'w1',
        name: 'sre-exporter',
        url: new Secret('https://exporter.example.com/webhooks/cloudflare'),
        type: 'generic',
        createdAt: null,
        lastSuccess: null,
        lastFailure: null,
      }),
    ],
  )
}

const guard = (plan: Plan, force: readonly GuardName[] = []) =>
  guardPlan(plan, { ...pruning, live: seen.get(plan) ?? [], force, purpose: 'apply' })

const shown = (
  plan: Plan,
  objections: readonly Objection[],
  problems: readonly Problem[] = [],
): ShownPlan => ({
  plan,
  objections,
  problems,
})

/** A committed example; every one is written by hand or checked by eye. */
const golden = (file: string) => readFileSync(new URL(`../../golden/${file}`, import.meta.url), 'utf8')

t.test('a plan reads as in the examples: text, JSON, Markdown', async (t) => {
  const plan = everyChange()
  t.equal(`${planLines(shown(plan, guard(plan)), noColors).join('\n')}\n`, golden('plan.txt'))
  t.equal(`${JSON.stringify(planJson(shown(plan, guard(plan))), null, 2)}\n`, golden('plan.json'))
  t.equal(`${planMarkdown(shown(plan, guard(plan))).join('\n')}\n`, golden('plan.md'))
})

t.test('what Cloudflare would refuse is shown with the plan, where it stands', async (t) => {
  const at = { file: 'm_1.yaml', line: 20, column: 11 }
  const problems: readonly Problem[] = [
    { at, level: 'error', message: 'job sre-http: no *such* bucket' },
    { at, level: 'warning', message: 'job sre-http: old', outside: true },
  ]
  const plan = shown(everyChange(), [], problems)
  t.strictSame(planMarkdown(plan).slice(1, 5), [
    '',
    '> **Error:** m\\_1.yaml:20:11: job sre-http: no \\*such\\* bucket',
    '',
    '> **Warning:** m\\_1.yaml:20:11: job sre-http: old',
  ])
  t.strictSame(planJson(plan).problems, [
    { level: 'error', ...at, message: 'job sre-http: no *such* bucket' },
    { level: 'warning', ...at, message: 'job sre-http: old' },
  ])
})

t.test('nothing to do is said in one line', async (t) => {
  const plan = planOf([aJob()], [live(aJob(), '1')])
  t.strictSame(planLines(shown(plan, []), noColors), ['No changes: 1 object up to date.'])
  t.strictSame(planMarkdown(shown(plan, [])), ['### No changes: 1 object up to date.'])
})

t.test('colours only colour', async (t) => {
  const mark = (name: string) => (text: string) => `<${name}>${text}</${name}>`
  const colors: Colors = {
    green: mark('g'),
    yellow: mark('y'),
    red: mark('r'),
    cyan: mark('c'),
    dim: mark('d'),
    bold: mark('b'),
  }
  const plan = everyChange()
  const lines = planLines(shown(plan, guard(plan)), colors)
  t.equal(lines[0], '<c>@ adopt job legacy</c> in account Quay <d>id 13</d>')
  t.strictSame(
    lines.map((line) => line.replace(/<\/?[gyrcdb]>/g, '')),
    planLines(shown(plan, guard(plan)), noColors),
  )
})

t.test('names from outside cannot move the cursor or break out of Markdown', async (t) => {
  const nasty = 'sre-\u001b[2J`|\n\u202Ex<b>'
  const job = aJob({ name: nasty })
  const plan = planOf([], [live(job, '1\u001b')])
  t.notMatch(planLines(shown(plan, []), noColors).join(''), /\p{C}/u)
  t.strictSame(planMarkdown(shown(plan, [])).slice(2, 3), [
    "**- delete** job `sre-□[2J'\\|□□x<b>` in account Quay",
  ])
  const text = aJob({ output: outputForm(null, { record_suffix: 'a\n', batch_prefix: '[' }) })
  t.match(planLines(shown(planOf([text], []), []), noColors).join('\n'), /record_suffix: "a\\n"/)
})

t.test('long lists are counted', async (t) => {
  const fields = Array.from({ length: 78 }, (_, index) => `Field${index}`)
  const plan = planOf([aJob({ output: outputForm(fields, {}) })], [])
  t.match(planLines(shown(plan, []), noColors).join('\n'), /output\.fields: Field0, .*Field7 and 70 more$/m)
})

t.test('the guard objects to what is more likely a mistake, and yields by name', async (t) => {
  const plan = everyChange()
  t.strictSame(
    guard(plan).map(({ guard: name }) => name),
    ['foreign', 'destination'],
  )
  t.strictSame(guard(plan, ['foreign', 'destination']), [])
  const adopted = planOf(
    [aJob({ name: 'legacy' }, { adopt: true })],
    [live(aJob({ name: 'legacy', enabled: false }), '1')],
  )
  t.strictSame(guard(adopted), [], 'the manifest says that it takes it over')
  const rotated = planOf([aJob()], [live(aJob(), '1', new Secret('s3://quay-logs/other?region=us-west-2'))])
  t.strictSame(guard(rotated), [], 'another folder, region or key is the same place')
})

t.test('the guard counts deletes: at least 3 and more than 30 %', async (t) => {
  const lives = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, index) => aJob({ name: `${prefix}${index}` }))
  const objections = (kept: number, gone: number, replaced = 0) => {
    const stay = lives(kept, 'sre-stay-')
    const anew = lives(replaced, 'sre-anew-')
    const actual = [
      ...stay,
      ...lives(gone, 'sre-gone-'),
      ...anew.map(({ resource }) => aJob({ ...resource, dataset: 'x' })),
    ]
    const plan = planOf(
      [...stay, ...anew],
      actual.map((job, index) => live(job, String(index))),
      removing(...actual.map(({ resource }) => resource.name)),
    )
    return guard(plan).map(({ message }) => message)
  }
  t.strictSame(objections(2, 2), [], 'two are few')
  t.strictSame(objections(0, 2), [
    'account Quay would be left without any job: 2 of 2 would be deleted; this needs --force deletes',
  ])
  t.match(objections(0, 1), [/^account Quay would be left without any job: 1 of 1/])
  t.strictSame(objections(7, 3), [], '3 of 10 are 30 %')
  t.strictSame(objections(6, 3), [
    '3 of 9 objects (33 %) would be deleted or replaced: sre-gone-0, sre-gone-1, sre-gone-2; more than 30 % needs --force deletes',
  ])
  t.match(objections(5, 2, 2), [/^4 of 9 objects \(44 %\)/])
  t.match(objections(0, 12), [/sre-gone-7, 2 more; more than/, /without any job: 12 of 12/])
  const gone = planOf(
    [],
    lives(5, 'sre-').map((job, index) => live(job, String(index))),
  )
  t.strictSame(
    guardPlan(gone, { owners: [], live: seen.get(gone) ?? [], force: [], purpose: 'destroy' }),
    [],
    'destroy is meant to delete',
  )
})

t.test('a saved plan is applied as it was, or not at all', async (t) => {
  const texts = [{ file: 'manifest.yaml', text: 'version: 1' }]
  const plan = planJson(shown(everyChange(), []))
  const manifest = { paths: ['manifest.yaml'], checksum: manifestChecksum(texts) }
  const { changes } = everyChange()
  const secrets = sealSecrets(changes, 'salt')
  const text = savePlan({ manifest, targets: ['a'], rotate: [], secrets }, plan)
  const saved = readSavedPlan('plan.json', text)
  t.match(saved, { manifest, targets: ['a'], rotate: [] })
  t.equal(whyOutdated(saved, { texts, changes, plan }), null)
  t.equal(whyOutdated(saved, { texts, changes, plan: { ...plan, notes: ['worded anew'] } }), null)
  t.equal(
    whyOutdated(saved, { texts: [{ file: 'manifest.yaml', text: 'version: 1 ' }], changes, plan }),
    'the manifest has changed since the plan was made; run plan again',
  )
  t.equal(
    whyOutdated(saved, { texts, changes, plan: { ...plan, changes: plan.changes.slice(1) } }),
    'the live configuration has changed since the plan was made; run plan again',
  )
  const rotated = changes.map((change) =>
    change.kind === 'job' && change.change === 'update'
      ? {
          ...change,
          desired: aJob({ destinationConf: new Secret('r2://logs?secret-access-key=canary-other') }),
        }
      : change,
  )
  t.equal(
    whyOutdated(saved, { texts, changes: rotated, plan }),
    'a secret has another value than when the plan was made; run plan again',
    'which the plan itself does not show',
  )
  const refused = (content: string) => {
    try {
      readSavedPlan('plan.json', content)
    } catch (error) {
      return error instanceof UserError ? [error.message, error.exitCode] : error
    }
    return null
  }
  t.strictSame(refused(text.replace('legacy', 'legacz')), [
    'plan.json: changed since it was saved; run plan again',
    1,
  ])
  t.strictSame(refused('{}'), [
    'plan.json: not a saved plan; create one with "provision plan --out plan.json"',
    64,
  ])
  t.strictSame(refused('not json'), [
    'plan.json: not a saved plan; create one with "provision plan --out plan.json"',
    64,
  ])
  t.strictSame(refused(text.replace('"version": 2', '"version": 3')), [
    'plan.json: saved by another version of this program; run plan again',
    64,
  ])
})

t.test('no secret is in any form of a plan', async (t) => {
  const pair = fc.tuple(anyDestination(), anyDestination())
  holds(
    t,
    fc.property(pair, fc.boolean(), ([from, to], exists) => {
      const wanted = aJob({ destinationConf: buildDestination(to) })
      const hook = aWebhook('sre-hook', { secret: new Secret('canary-hook-secret') })
      const plan = planOf([wanted, hook], exists ? [live(wanted, '1', buildDestination(from))] : [])
      const objections = guard(plan)
      const json = planJson(shown(plan, objections))
      const manifest = { paths: [], checksum: '' }
      const all = [
        planLines(shown(plan, objections), noColors).join('\n'),
        JSON.stringify(json),
        planMarkdown(shown(plan, objections)).join('\n'),
        savePlan({ manifest, targets: [], rotate: [], secrets: { salt: '', hash: '' } }, json),
        JSON.stringify(plan),
      ].join('\n')
      const secrets = [...secretTexts(from), ...secretTexts(to), 'canary-hook-secret']
      return secrets.every((secret) => !all.includes(secret) && !all.includes(encodeURIComponent(secret)))
    }),
    600,
  )
})
