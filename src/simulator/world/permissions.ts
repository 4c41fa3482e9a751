/** Permission groups of an API token, in our spelling. */
export type Permission =
  | 'logs_write'
  | 'logs_read'
  | 'analytics_read'
  | 'account_analytics_read'
  | 'zone_read'
  | 'account_settings_read'
  | 'account_settings_write'
  | 'notifications_read'
  | 'notifications_write'
  | 'pii_read'

export const allPermissions: readonly Permission[] = [
  'logs_write',
  'logs_read',
  'analytics_read',
  'account_analytics_read',
  'zone_read',
  'account_settings_read',
  'account_settings_write',
  'notifications_read',
  'notifications_write',
  'pii_read',
]
