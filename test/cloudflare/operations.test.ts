import t from 'tap'
import { type Operation, operations } from '../../src/cloudflare/operations.ts'

/* Dashboards filter by the names of operations, and people grant what messages name. */

const names = Object.keys(operations).filter((name): name is Operation => name in operations)

/** The operations by one of their properties. */
function grouped(
  of: (operation: (typeof operations)[Operation]) => string,
): Readonly<Record<string, string>> {
  const groups = new Map<string, string[]>()
  for (const name of names)
    groups.set(of(operations[name]), [...(groups.get(of(operations[name])) ?? []), name])
  return Object.fromEntries([...groups].map(([key, own]) => [key, own.join(' ')]))
}

t.test('each call needs the least permission that Cloudflare asks for it', async (t) => {
  t.strictSame(
    grouped(({ grant }) => String(grant)),
    {
      null: 'verify_token',
      'Account Settings Read': 'list_accounts list_audit_log',
      'Zone Read': 'list_zones',
      'Logs Read': 'list_dataset_fields',
      'Logs Write':
        'list_jobs get_job create_job update_job delete_job list_transformers validate_destination request_challenge validate_challenge',
      'Notifications Read':
        'list_policies list_webhooks list_pagerduty list_available_alerts list_eligible_mechanisms list_history',
      'Notifications Write':
        'create_policy update_policy delete_policy create_webhook update_webhook delete_webhook connect_pagerduty complete_pagerduty',
      'Account Analytics Read': 'read_account_health read_account_limits',
      'Analytics Read': 'read_zone_health read_zone_limits',
    },
  )
})

t.test('an answer may be a megabyte long, and that of a list as much more as it may hold', async (t) => {
  const { 1: plain, ...longer } = grouped(({ maxMb }) => String(maxMb))
  t.notMatch(plain, /list_|_health/)
  t.strictSame(longer, {
    4: 'list_accounts list_zones list_dataset_fields list_transformers list_policies list_webhooks list_pagerduty list_available_alerts list_eligible_mechanisms list_history',
    8: 'list_audit_log',
    24: 'list_jobs',
    32: 'read_account_health read_zone_health',
  })
})

t.test('what each call does is told in words of its own', async (t) => {
  const words = names.map((name) => operations[name].does)
  t.equal(new Set(words).size, words.length)
  for (const text of words) t.match(text, /^[a-z]+ [\w ]+$/)
})

t.test('health is asked by GraphQL, all else by REST', async (t) => {
  t.equal(
    grouped(({ api }) => api).graphql,
    'read_account_health read_zone_health read_account_limits read_zone_limits',
  )
})
