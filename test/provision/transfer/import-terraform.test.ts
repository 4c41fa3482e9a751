import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { importTerraform, terraformAccounts } from '../../../src/provision/transfer/import-terraform.ts'
import { account, accountId, zone } from '../../support/provision-values.ts'

const destination_conf = 's3://quay-logs/http?region=us-east-1'
const job = { name: 'http', dataset: 'http_requests', destination_conf, enabled: true }

/** `terraform show -json` of a plan that makes zones, one of them in a module. */
function plan(edit: { zones?: boolean; reference?: string } = {}) {
  const { zones = true, reference = 'cloudflare_zone.quay.id' } = edit
  const unknown = { ...job, zone_id: null, account_id: null }
  const resource = (address: string, values: object, type = 'cloudflare_logpush_job') => ({
    address,
    mode: 'managed',
    type,
    values,
  })
  const configured = (address: string, references: readonly string[]) => ({
    address,
    expressions: { zone_id: { references } },
  })
  return {
    format_version: '1.2',
    planned_values: {
      root_module: {
        resources: [
          resource('cloudflare_logpush_job.http', unknown),
          ...(zones
            ? [
                resource('cloudflare_zone.quay', { name: 'quay.example' }, 'cloudflare_zone'),
                resource('cloudflare_zone.many["io"]', { zone: 'quay.io' }, 'cloudflare_zone'),
              ]
            : []),
          resource('cloudflare_logpush_job.many["io"]', { ...unknown, name: 'many' }),
        ],
        child_modules: [
          {
            address: 'module.logs["a"]',
            resources: [
              resource('module.logs["a"].cloudflare_zone.own', { name: 'own.example' }, 'cloudflare_zone'),
              resource('module.logs["a"].cloudflare_logpush_job.http[0]', { ...unknown, name: 'inner' }),
            ],
          },
        ],
      },
    },
    configuration: {
      root_module: {
        resources: [
          configured('cloudflare_logpush_job.http', [reference, 'cloudflare_zone.quay']),
          configured('cloudflare_logpush_job.many', ['cloudflare_zone.many', 'each.key']),
        ],
        module_calls: {
          logs: {
            module: { resources: [configured('cloudflare_logpush_job.http', ['cloudflare_zone.own.id'])] },
          },
        },
      },
    },
  }
}

t.test('a job in a zone that the same plan makes is one of that zone, by its name', async (t) => {
  const { jobs, notes } = importTerraform(plan(), account)
  t.same(
    jobs.map(({ resource: { name, scope } }) => [name, scope.kind, scope.name]),
    [
      ['http', 'zone', 'quay.example'],
      ['many', 'zone', 'quay.io'],
      ['inner', 'zone', 'own.example'],
    ],
  )
  t.same(notes, [])
})

t.test(
  'a job of which nothing tells the zone is left out by its address, and never put into the account',
  async (t) => {
    for (const edit of [{ zones: false }, { reference: 'data.external.zone.result' }]) {
      const { jobs, notes } = importTerraform(plan({ zones: false, ...edit }), account)
      t.same(
        jobs.map(({ resource }) => resource.name),
        ['inner'],
      )
      t.match(notes, [
        /^cloudflare_logpush_job\.http is skipped: which zone or account it is in is not known/,
        /^cloudflare_logpush_job\.many\["io"\] is skipped/,
      ])
    }
  },
)

t.test('what a replacement left behind in the state is not imported', async (t) => {
  const old = { ...job, id: '1', zone_id: zone.id, destination_conf: 's3://old/http?region=us-east-1' }
  const now = { ...old, id: '2', destination_conf }
  const type = 'cloudflare_logpush_job'
  const forms = {
    state: {
      version: 4,
      terraform_version: '1.9.0',
      resources: [
        {
          mode: 'managed',
          type,
          name: 'http',
          instances: [{ deposed: 'a1b2c3d4', attributes: old }, { attributes: now }],
        },
      ],
    },
    show: {
      format_version: '1.0',
      values: {
        root_module: {
          resources: [
            { address: `${type}.http`, mode: 'managed', type, values: old, deposed_key: 'a1b2c3d4' },
            { address: `${type}.http`, mode: 'managed', type, values: now },
          ],
        },
      },
    },
  }
  for (const [form, json] of Object.entries(forms)) {
    const { jobs, notes } = importTerraform(json, account)
    t.same(
      jobs.map(({ id }) => id),
      ['2'],
      form,
    )
    t.match(notes, [/^cloudflare_logpush_job\.http: a deposed object is skipped/], form)
  }
})

t.test('a state names each instance, and what is no job of it is passed over', async (t) => {
  const type = 'cloudflare_logpush_job'
  const attributes = { ...job, id: '1', zone_id: null, account_id: null }
  const { jobs, notes } = importTerraform(
    {
      version: 4,
      terraform_version: '1.9.0',
      resources: [
        { mode: 'data', type, name: 'read', instances: [{ attributes }] },
        { mode: 'managed', name: 'untyped', instances: [{ attributes }] },
        {
          mode: 'managed',
          module: 'module.logs',
          type,
          name: 'many',
          instances: [{ index_key: 'io', attributes }, { index_key: 0, attributes }, { attributes: null }, 7],
        },
      ],
    },
    account,
  )
  t.same(jobs, [])
  t.same(
    notes.map((note) => note.split(' ', 1)[0]),
    ['module.logs.cloudflare_logpush_job.many["io"]', 'module.logs.cloudflare_logpush_job.many[0]'],
  )
})

t.test('a webhook is known by its id with dashes and without', async (t) => {
  const of = (type: string, values: object) => ({ address: `${type}.x`, mode: 'managed', type, values })
  const resources = [
    of('cloudflare_notification_policy_webhooks', {
      account_id: accountId,
      id: 'aaaaaaaabbbbccccddddeeeeeeeeeeee',
      name: 'chat',
      url: 'https://chat.example.com',
    }),
    of('cloudflare_notification_policy', {
      account_id: accountId,
      name: 'tell',
      alert_type: 'failing_logpush_job_disabled_alert',
      mechanisms: { webhooks: [{ id: 'AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee' }] },
    }),
  ]
  const { policies, notes } = importTerraform(
    { format_version: '1.0', values: { root_module: { resources } } },
    null,
  )
  t.match(policies, [{ resource: { webhooks: ['chat'] } }])
  t.same(notes, [])
})

t.test('ids of webhooks and services that the state does not name are kept', async (t) => {
  const values = {
    account_id: accountId,
    name: 'tell',
    alert_type: 'failing_logpush_job_disabled_alert',
    mechanisms: { webhooks: [{ id: 'aa' }], pagerduty: [{ id: 'bb' }] },
  }
  const type = 'cloudflare_notification_policy'
  const resources = [{ address: `${type}.tell`, mode: 'managed', type, values }]
  const { policies, notes } = importTerraform(
    { format_version: '1.0', values: { root_module: { resources } } },
    null,
  )
  t.match(policies, [{ resource: { webhooks: ['aa'], pagerduty: ['bb'] } }])
  t.match(notes, [/has only the id of aa, bb, which is kept/])
})

/** A state of these resources, each `type` with its values. */
function shown(...resources: readonly (readonly [type: string, values: object])[]) {
  const all = resources.map(([type, values]) => ({ address: `${type}.x`, mode: 'managed', type, values }))
  return { format_version: '1.0', values: { root_module: { resources: all } } }
}

t.test('a policy is the same in version 4 of the provider and in version 5', async (t) => {
  const common = {
    account_id: accountId,
    id: 'dd',
    name: 'tell',
    alert_type: 'http_alert_origin_error',
    enabled: true,
    description: 'for the night',
  }
  const email = [{ id: 'sre@example.com' }, { id: '' }, 'odd']
  const services = [{ id: 'bb', name: 'SRE primary' }]
  const filters = { zones: [zone.id], slo: [] }
  const five = { mechanisms: { email, webhooks: [{ id: 'aa' }], pagerduty: services }, filters }
  const four = {
    email_integration: email,
    webhooks_integration: [{ id: 'aa', name: '' }],
    pagerduty_integration: services,
    filters: [filters],
  }
  const hook = { account_id: accountId, id: 'aa', name: 'chat', url: 'https://chat.example.com' }
  for (const version of [five, four]) {
    const { policies, notes } = importTerraform(
      shown(
        ['cloudflare_notification_policy', { ...common, ...version }],
        ['cloudflare_notification_policy_webhooks', hook],
      ),
      null,
    )
    t.strictSame(policies, [
      {
        id: 'dd',
        resource: {
          kind: 'policy',
          scope: { kind: 'account', id: accountId, name: '' },
          name: 'tell',
          alertType: 'http_alert_origin_error',
          enabled: true,
          description: 'for the night',
          filters: { zones: [zone.id] },
          email: ['sre@example.com'],
          webhooks: ['chat'],
          pagerduty: ['SRE primary'],
        },
      },
    ])
    t.same(notes, [])
  }
})

t.test('a policy or webhook of which little is told is empty, not guessed', async (t) => {
  const { policies, webhooks } = importTerraform(
    shown(
      ['cloudflare_notification_policy', { account_id: accountId, enabled: 'true' }],
      ['cloudflare_notification_policy_webhooks', { account_id: accountId }],
      ['cloudflare_notification_policy_webhooks', { account_id: accountId, name: 'chat', secret: 'canary' }],
    ),
    null,
  )
  t.match(policies, [
    {
      id: null,
      resource: { name: '', alertType: '', enabled: false, description: null, email: [], webhooks: [] },
    },
  ])
  t.same(
    webhooks.map(({ id, secret, resource: { name, url } }) => [
      id,
      secret instanceof Secret ? secret.reveal() : secret,
      name,
      url.reveal(),
    ]),
    [
      [null, null, '', ''],
      [null, 'canary', 'chat', ''],
    ],
  )
})

t.test('a job without a destination is told of by its address', async (t) => {
  const type = 'cloudflare_logpush_job'
  const bare = { account_id: accountId, name: 'bare', destination_conf: null }
  const { jobs, notes } = importTerraform(
    shown([type, bare], [type, { ...job, account_id: accountId }]),
    null,
  )
  t.same(
    jobs.map(({ resource }) => resource.name),
    ['http'],
  )
  t.same(notes, [`${type}.x has no destination_conf and is skipped.`])
  const [nameless] = importTerraform(shown([type, { ...job, name: null, zone_id: zone.id }]), account).jobs
  t.equal(nameless?.resource.name, '')
})

t.test('the account is the one that is given, else the only one that the resources name', async (t) => {
  const other = 'f'.repeat(32)
  const kinds = [
    ['cloudflare_logpush_job', { ...job, name: 'ours' }],
    ['cloudflare_notification_policy', { name: 'ours' }],
    ['cloudflare_notification_policy_webhooks', { name: 'ours', url: 'https://chat.example.com' }],
  ] as const
  const of = (id: string) => kinds.map(([type, values]) => [type, { ...values, account_id: id }] as const)
  const counts = ({ jobs, policies, webhooks }: ReturnType<typeof importTerraform>) => [
    jobs.length,
    policies.length,
    webhooks.length,
  ]
  const both = shown(...of(accountId), ...of(other))
  t.same(terraformAccounts(both), [accountId, other])
  const given = importTerraform(both, account)
  t.same([given.account, counts(given)], [account, [1, 1, 1]], 'those of the other account stay out')
  const untold = importTerraform(both, null)
  t.same([untold.account, counts(untold)], [null, [2, 2, 2]])
  const only = importTerraform(shown(...of(other)), null)
  t.same([only.account, counts(only)], [{ id: other, name: '' }, [1, 1, 1]])
  const none = importTerraform(shown(['cloudflare_logpush_job', { ...job, zone_id: zone.id }]), null)
  t.same([none.account, counts(none)], [null, [1, 0, 0]])
})
