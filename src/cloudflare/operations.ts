/**
 * Every call that this program makes, with the permission group that the token needs for it and the longest answer
 * that is read (of lists of jobs, which have no pages, some 10,000 jobs; of health, 50,000 rows and more).
 * The keys are the `operation` labels of the request metrics: renaming one breaks dashboards.
 */
export const operations = {
  list_accounts: { api: 'rest', does: 'list accounts', grant: 'Account Settings Read', maxMb: 4 },
  list_zones: { api: 'rest', does: 'list zones', grant: 'Zone Read', maxMb: 4 },
  list_jobs: { api: 'rest', does: 'list jobs', grant: 'Logs Write', maxMb: 24 },
  get_job: { api: 'rest', does: 'read a job', grant: 'Logs Write', maxMb: 1 },
  create_job: { api: 'rest', does: 'create a job', grant: 'Logs Write', maxMb: 1 },
  update_job: { api: 'rest', does: 'update a job', grant: 'Logs Write', maxMb: 1 },
  delete_job: { api: 'rest', does: 'delete a job', grant: 'Logs Write', maxMb: 1 },
  list_dataset_fields: { api: 'rest', does: 'list dataset fields', grant: 'Logs Read', maxMb: 4 },
  validate_destination: { api: 'rest', does: 'validate a destination', grant: 'Logs Write', maxMb: 1 },
  request_challenge: { api: 'rest', does: 'request an ownership challenge', grant: 'Logs Write', maxMb: 1 },
  validate_challenge: { api: 'rest', does: 'validate an ownership challenge', grant: 'Logs Write', maxMb: 1 },
  verify_token: { api: 'rest', does: 'verify the API token', grant: null, maxMb: 1 },
  list_policies: { api: 'rest', does: 'list notification policies', grant: 'Notifications Read', maxMb: 4 },
  create_policy: {
    api: 'rest',
    does: 'create a notification policy',
    grant: 'Notifications Write',
    maxMb: 1,
  },
  update_policy: {
    api: 'rest',
    does: 'update a notification policy',
    grant: 'Notifications Write',
    maxMb: 1,
  },
  delete_policy: {
    api: 'rest',
    does: 'delete a notification policy',
    grant: 'Notifications Write',
    maxMb: 1,
  },
  list_webhooks: { api: 'rest', does: 'list webhooks', grant: 'Notifications Read', maxMb: 4 },
  create_webhook: { api: 'rest', does: 'create a webhook', grant: 'Notifications Write', maxMb: 1 },
  update_webhook: { api: 'rest', does: 'update a webhook', grant: 'Notifications Write', maxMb: 1 },
  delete_webhook: { api: 'rest', does: 'delete a webhook', grant: 'Notifications Write', maxMb: 1 },
  list_pagerduty: { api: 'rest', does: 'list PagerDuty services', grant: 'Notifications Read', maxMb: 4 },
  connect_pagerduty: { api: 'rest', does: 'connect PagerDuty', grant: 'Notifications Write', maxMb: 1 },
  complete_pagerduty: {
    api: 'rest',
    does: 'complete the PagerDuty connection',
    grant: 'Notifications Write',
    maxMb: 1,
  },
  list_available_alerts: {
    api: 'rest',
    does: 'list available alerts',
    grant: 'Notifications Read',
    maxMb: 4,
  },
  list_eligible_mechanisms: {
    api: 'rest',
    does: 'list eligible mechanisms',
    grant: 'Notifications Read',
    maxMb: 4,
  },
  list_history: { api: 'rest', does: 'list sent notifications', grant: 'Notifications Read', maxMb: 4 },
  list_audit_log: { api: 'rest', does: 'read the audit log', grant: 'Account Settings Read', maxMb: 8 },
  read_account_health: {
    api: 'graphql',
    does: 'read account health',
    grant: 'Account Analytics Read',
    maxMb: 32,
  },
  read_zone_health: { api: 'graphql', does: 'read zone health', grant: 'Analytics Read', maxMb: 32 },
  read_account_limits: {
    api: 'graphql',
    does: 'read account limits',
    grant: 'Account Analytics Read',
    maxMb: 1,
  },
  read_zone_limits: { api: 'graphql', does: 'read zone limits', grant: 'Analytics Read', maxMb: 1 },
} as const satisfies Record<
  string,
  { api: 'rest' | 'graphql'; does: string; grant: string | null; maxMb: number }
>

export type Operation = keyof typeof operations
