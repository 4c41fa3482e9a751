const call =
  <A extends 'rest' | 'graphql'>(api: A) =>
  (does: string, grant: string | null, maxMb = 1) => ({ api, does, grant, maxMb })

const rest = call('rest')
const graphql = call('graphql')

/**
 * Every call that this program makes, with the permission group that the token needs for it and the longest answer
 * that is read (of lists of jobs, which have no pages, some 10,000 jobs; of health, 50,000 rows and more).
 * The keys are the `operation` labels of the request metrics: renaming one breaks dashboards.
 */
export const operations = {
  list_accounts: rest('list accounts', 'Account Settings Read', 4),
  list_zones: rest('list zones', 'Zone Read', 4),
  list_jobs: rest('list jobs', 'Logs Write', 24),
  get_job: rest('read a job', 'Logs Write'),
  create_job: rest('create a job', 'Logs Write'),
  update_job: rest('update a job', 'Logs Write'),
  delete_job: rest('delete a job', 'Logs Write'),
  list_dataset_fields: rest('list dataset fields', 'Logs Read', 4),
  list_transformers: rest('list transformers', 'Logs Write', 4),
  validate_destination: rest('validate a destination', 'Logs Write'),
  request_challenge: rest('request an ownership challenge', 'Logs Write'),
  validate_challenge: rest('validate an ownership challenge', 'Logs Write'),
  verify_token: rest('verify the API token', null),
  list_policies: rest('list notification policies', 'Notifications Read', 4),
  create_policy: rest('create a notification policy', 'Notifications Write'),
  update_policy: rest('update a notification policy', 'Notifications Write'),
  delete_policy: rest('delete a notification policy', 'Notifications Write'),
  list_webhooks: rest('list webhooks', 'Notifications Read', 4),
  create_webhook: rest('create a webhook', 'Notifications Write'),
  update_webhook: rest('update a webhook', 'Notifications Write'),
  delete_webhook: rest('delete a webhook', 'Notifications Write'),
  list_pagerduty: rest('list PagerDuty services', 'Notifications Read', 4),
  connect_pagerduty: rest('connect PagerDuty', 'Notifications Write'),
  complete_pagerduty: rest('complete the PagerDuty connection', 'Notifications Write'),
  list_available_alerts: rest('list available alerts', 'Notifications Read', 4),
  list_eligible_mechanisms: rest('list eligible mechanisms', 'Notifications Read', 4),
  list_history: rest('list sent notifications', 'Notifications Read', 4),
  list_audit_log: rest('read the audit log', 'Account Settings Read', 8),
  read_account_health: graphql('read account health', 'Account Analytics Read', 32),
  read_zone_health: graphql('read zone health', 'Analytics Read', 32),
  read_account_limits: graphql('read account limits', 'Account Analytics Read'),
  read_zone_limits: graphql('read zone limits', 'Analytics Read'),
}

export type Operation = keyof typeof operations
