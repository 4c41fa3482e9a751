/**
 * Every call that this program makes, with the permission group that the token needs for it.
 * The keys are the `operation` labels of the request metrics: renaming one breaks dashboards.
 */
export const operations = {
  list_accounts: { api: 'rest', does: 'list accounts', grant: 'Account Settings Read' },
  list_zones: { api: 'rest', does: 'list zones', grant: 'Zone Read' },
  list_jobs: { api: 'rest', does: 'list jobs', grant: 'Logs Write' },
  get_job: { api: 'rest', does: 'read a job', grant: 'Logs Write' },
  create_job: { api: 'rest', does: 'create a job', grant: 'Logs Write' },
  update_job: { api: 'rest', does: 'update a job', grant: 'Logs Write' },
  delete_job: { api: 'rest', does: 'delete a job', grant: 'Logs Write' },
  list_dataset_fields: { api: 'rest', does: 'list dataset fields', grant: 'Logs Read' },
  validate_destination: { api: 'rest', does: 'validate a destination', grant: 'Logs Write' },
  request_challenge: { api: 'rest', does: 'request an ownership challenge', grant: 'Logs Write' },
  validate_challenge: { api: 'rest', does: 'validate an ownership challenge', grant: 'Logs Write' },
  verify_token: { api: 'rest', does: 'verify the API token', grant: null },
  list_policies: { api: 'rest', does: 'list notification policies', grant: 'Notifications Read' },
  create_policy: { api: 'rest', does: 'create a notification policy', grant: 'Notifications Write' },
  update_policy: { api: 'rest', does: 'update a notification policy', grant: 'Notifications Write' },
  delete_policy: { api: 'rest', does: 'delete a notification policy', grant: 'Notifications Write' },
  list_webhooks: { api: 'rest', does: 'list webhooks', grant: 'Notifications Read' },
  create_webhook: { api: 'rest', does: 'create a webhook', grant: 'Notifications Write' },
  update_webhook: { api: 'rest', does: 'update a webhook', grant: 'Notifications Write' },
  delete_webhook: { api: 'rest', does: 'delete a webhook', grant: 'Notifications Write' },
  list_pagerduty: { api: 'rest', does: 'list PagerDuty services', grant: 'Notifications Read' },
  connect_pagerduty: { api: 'rest', does: 'connect PagerDuty', grant: 'Notifications Write' },
  complete_pagerduty: {
    api: 'rest',
    does: 'complete the PagerDuty connection',
    grant: 'Notifications Write',
  },
  list_available_alerts: { api: 'rest', does: 'list available alerts', grant: 'Notifications Read' },
  list_eligible_mechanisms: { api: 'rest', does: 'list eligible mechanisms', grant: 'Notifications Read' },
  list_history: { api: 'rest', does: 'list sent notifications', grant: 'Notifications Read' },
  read_account_health: { api: 'graphql', does: 'read account health', grant: 'Account Analytics Read' },
  read_zone_health: { api: 'graphql', does: 'read zone health', grant: 'Analytics Read' },
  read_account_limits: { api: 'graphql', does: 'read account limits', grant: 'Account Analytics Read' },
  read_zone_limits: { api: 'graphql', does: 'read zone limits', grant: 'Analytics Read' },
} as const satisfies Record<string, { api: 'rest' | 'graphql'; does: string; grant: string | null }>

export type Operation = keyof typeof operations
