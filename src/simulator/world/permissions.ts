export const allPermissions = [
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
] as const

/** A permission group of an API token, in our spelling. */
export type Permission = (typeof allPermissions)[number]
