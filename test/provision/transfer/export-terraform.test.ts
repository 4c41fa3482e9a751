import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { exportTerraform } from '../../../src/provision/transfer/export-terraform.ts'
import type { Portable, PortableJob, PortablePolicy } from '../../../src/provision/transfer/portable.ts'
import { account, aJob, aPolicy, zone } from '../../support/provision-values.ts'

function portable(edit: Partial<Portable>): Portable {
  return { account, jobs: [], webhooks: [], policies: [], pagerduty: [], notes: [], ...edit }
}

function portableJob(fields: Parameters<typeof aJob>[0], id: string | null = null): PortableJob {
  const { resource } = aJob(fields)
  const left = { filterText: null, logpullOptions: null, outputOfLogpull: false, frequency: null }
  return { resource, id, ...left, hadChallenge: false }
}

function portablePolicy(fields: Parameters<typeof aPolicy>[0]): PortablePolicy {
  return { resource: aPolicy(fields).resource, id: null }
}

t.test('a policy names only the mechanisms it has, or each plan would show a difference', async (t) => {
  const mechanisms = (fields: Parameters<typeof aPolicy>[0]) => {
    const { text } = exportTerraform(portable({ policies: [portablePolicy(fields)] }))
    return [...text.matchAll(/^ +(email|webhooks|pagerduty) += \[/gm)].map(([, name]) => name)
  }
  t.same(mechanisms({ email: ['sre@example.com'], webhooks: [], pagerduty: [] }), ['email'])
  t.same(mechanisms({ email: [], webhooks: ['w'], pagerduty: [] }), ['webhooks'])
  t.same(mechanisms({ email: [], webhooks: ['w'], pagerduty: ['p'] }), ['webhooks', 'pagerduty'])
})

t.test(
  'a policy names each PagerDuty service by its own id, or by a variable where none is known',
  async (t) => {
    const pagerduty = ['first', 'second'].map((name) => ({ name, id: `${name}-id` }))
    const policy = portablePolicy({ email: [], webhooks: [], pagerduty: ['second', 'third'] })
    const { text } = exportTerraform(portable({ pagerduty, policies: [policy] }))
    t.match(text, '{ id = "second-id" }')
    t.notMatch(text, 'first-id')
    t.match(text, /\{ id = var\.\w+ \}/)
  },
)

t.test('objects of one name have labels of their own, counted from 2', async (t) => {
  const names = (jobs: readonly PortableJob[]) => {
    const { text } = exportTerraform(portable({ jobs }))
    return [...text.matchAll(/^resource "cloudflare_logpush_job" "(\w+)"/gm)].map(([, label]) => label)
  }
  const twins = [zone, zone, zone, zone].map((scope) => portableJob({ scope, name: 'sre http' }))
  t.same(names(twins), [
    'sre_http',
    'sre_http_quay_example',
    'sre_http_quay_example_2',
    'sre_http_quay_example_3',
  ])
})

t.test('an address whose host may hold a secret is a variable as a whole', async (t) => {
  const conf = new Secret('https://user:canary@logs.example.com/in?header_X=canary-too')
  const { text, variables } = exportTerraform(portable({ jobs: [portableJob({ destinationConf: conf })] }))
  t.match(text, /destination_conf += "https:\/\/\$\{var\.\w+\}\?header_X=/)
  t.notMatch(text, /canary|logs\.example\.com/)
  t.equal(
    variables.find(({ what }) => what.includes('without https://'))?.value?.reveal(),
    'user:canary@logs.example.com/in',
  )
})

t.test('what is live is imported, what is not is made', async (t) => {
  const jobs = [
    portableJob({ scope: zone, name: 'a' }, '7'),
    portableJob({ name: 'b' }, '8'),
    portableJob({ name: 'c' }),
  ]
  const { text } = exportTerraform(portable({ jobs }))
  t.same(
    [...text.matchAll(/^ +id += "(.*)"$/gm)].map(([, id]) => id),
    [`zones/${zone.id}/7`, `accounts/${account.id}/8`],
  )
})

t.test('what the provider has no attribute for is in the notes, and nothing else is', async (t) => {
  const { output } = aJob().resource
  const notes = (fields: Parameters<typeof aJob>[0]) =>
    exportTerraform(portable({ jobs: [portableJob({ name: 'a', ...fields })] })).notes
  const without = (what: string) => [`job a: the provider does not support ${what}.`]
  t.same(notes({}), [])
  t.same(notes({ filterAttackTraffic: true }), without('filter_attack_traffic'))
  t.same(notes({ transformerId: 7 }), without('transformer_id'))
  const asTexts = { ...output, options: { ...output.options, stringify_object: true } }
  t.same(notes({ output: asTexts }), without('stringify_object'))
  t.same(notes({ output: { ...output, unknown: { newer: 1 } } }), without('newer'))
})
