import t from 'tap'
import { permissions } from '../../../src/commands/check/check-grants.ts'
import { grantsFor, type Missing } from '../../../src/commands/check/check-missing.ts'
import type { ScopeReport } from '../../../src/commands/check/report-shape.ts'
import { accountReport, works } from '../../support/check-values.ts'
import { quay, quayAccount, zone } from '../../support/exporter-core.ts'

/* What is to be granted, from what was refused. */

const refused = { state: 'missing', message: 'no', count: null } as const
const noHealth = { ...accountReport.health, ...refused }

const account: ScopeReport = { ...accountReport, id: quay.id }
const blog = zone('blog.example')
const shop = zone('shop.example')
const ofZone = (
  { id, name }: { id: string; name: string },
  edit: Partial<ScopeReport> = {},
): ScopeReport => ({
  ...accountReport,
  kind: 'zone',
  id,
  name,
  notifications: null,
  audit_log: null,
  ...edit,
})

/** Permission, level, whether it is needed, for whom; and what for. */
const granted = (edit: Partial<Missing>) =>
  grantsFor({ accounts: works, zones: works, scopes: [], withheld: [], ...edit }).map(
    ({ permission, level, needed, to, for: names }) =>
      `${level} ${permission}${needed ? '' : ' (optional)'} to ${to}: ${names.join()}`,
  )

t.test('where everything works there is nothing to grant', async (t) => {
  t.strictSame(granted({ scopes: [account, ofZone(blog)] }), [])
  const failed = { state: 'failed', message: 'no', count: null } as const
  t.strictSame(granted({ scopes: [{ ...account, jobs: failed }], accounts: failed, zones: failed }), [])
})

t.test('each right is named for the accounts or zones that refused it', async (t) => {
  t.strictSame(
    granted({
      scopes: [
        { ...account, jobs: refused },
        { ...account, id: 'a2', name: '', health: noHealth, notifications: refused, audit_log: refused },
        ofZone(blog, { jobs: refused, health: noHealth }),
        ofZone(shop, { jobs: refused }),
      ],
    }),
    [
      "account Logs Write to list accounts' Logpush jobs: Quay",
      "zone Logs Write to list zones' Logpush jobs: blog.example,shop.example",
      "account Account Analytics Read to read the health of accounts' jobs: a2",
      "zone Analytics Read to read the health of zones' jobs: blog.example",
      'account Notifications Read (optional) to read the notification history: a2',
      'account Account Settings Read (optional) to show who changed a job, from the audit log: a2',
    ],
  )
})

t.test('jobs that are withheld because of Zero Trust ask for another right than the others', async (t) => {
  t.strictSame(
    granted({
      scopes: [
        { ...account, jobs: refused },
        ofZone(blog, { jobs: refused }),
        ofZone(shop, { jobs: refused }),
      ],
      withheld: [{ scope: quayAccount }, { scope: shop }],
    }),
    [
      "zone Logs Write to list zones' Logpush jobs: blog.example",
      'account Zero Trust: PII Read to list any Logpush job where some are for Access, Gateway or DEX: Quay,shop.example',
    ],
  )
})

t.test('listing is needed only where nothing is known without it', async (t) => {
  const accounts = 'find accounts and their names, and show who changed a job'
  t.strictSame(granted({ accounts: refused, zones: refused }), [
    `account Account Settings Read to ${accounts}: `,
    'zone Zone Read to find zones: ',
  ])
  t.strictSame(granted({ accounts: refused, zones: refused, scopes: [account] }), [
    `account Account Settings Read (optional) to ${accounts}: `,
    'zone Zone Read to find zones: ',
  ])
  t.strictSame(granted({ accounts: refused, zones: refused, scopes: [ofZone(blog)] }), [
    `account Account Settings Read to ${accounts}: `,
    'zone Zone Read (optional) to find zones: ',
  ])
})

t.test('the right that lists accounts reads the audit log as well, and is named once', async (t) => {
  t.strictSame(granted({ accounts: refused, scopes: [{ ...account, audit_log: refused }] }), [
    'account Account Settings Read (optional) to find accounts and their names, and show who changed a job: ',
  ])
})

t.test('what is missing only for accounts of a token for zones is not needed', async (t) => {
  const alone = { ...account, zones_only: true, jobs: refused }
  const jobs = "to list accounts' Logpush jobs"
  t.strictSame(granted({ scopes: [alone] }), [`account Logs Write (optional) ${jobs}: Quay`])
  t.strictSame(granted({ scopes: [alone, { ...alone, id: 'a2', name: 'Lab', zones_only: false }] }), [
    `account Logs Write ${jobs}: Quay,Lab`,
  ])
})

t.test('each right is named as the dashboard lists it', async (t) => {
  t.equal(permissions['account jobs'].dashboard, 'Account > Logs > Edit')
  t.equal(permissions['zone jobs'].dashboard, 'Zone > Logs > Edit')
  t.equal(permissions['zone health'].dashboard, 'Zone > Analytics > Read')
  t.equal(permissions['zero trust jobs'].dashboard, 'Account > Zero Trust: PII > Read')
})
