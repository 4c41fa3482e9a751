import { logpushAlertType } from './notifications.ts'

/** A filter of an alert as the API lists it. */
interface FilterOption {
  readonly Key: string
  readonly ComparisonOperator: string
  readonly Optional: boolean
  readonly Range: string
  readonly AvailableValues: readonly { readonly ID: string; readonly Description: string }[] | null
}

export interface AlertType {
  readonly category: string
  readonly type: string
  readonly display_name: string
  readonly description: string
  readonly filter_options: readonly FilterOption[]
}

const filter = (
  Key: string,
  Optional: boolean,
  Range: string,
  values: readonly string[] | null = null,
): FilterOption => ({
  Key,
  ComparisonOperator: '==',
  Optional,
  Range,
  AvailableValues: values?.map((ID) => ({ ID, Description: ID })) ?? null,
})

/** The alerts that can be asked for. */
export const alertTypes: readonly AlertType[] = [
  {
    category: 'Logpush',
    type: logpushAlertType,
    display_name: 'Failing Logpush Job Disabled',
    description: 'A Logpush job was disabled because it failed for 24 hours.',
    filter_options: [],
  },
  {
    category: 'Billing',
    type: 'billing_usage_alert',
    display_name: 'Usage Based Billing',
    description: 'The usage of a product passed a threshold.',
    filter_options: [
      filter('product', false, '1-n', ['worker_requests', 'worker_durable_objects_requests', 'r2_storage']),
      filter('limit', false, '1-1'),
    ],
  },
  {
    category: 'SSL/TLS',
    type: 'universal_ssl_event_type',
    display_name: 'Universal SSL Alert',
    description: 'A certificate was issued, renewed or is about to expire.',
    filter_options: [],
  },
  {
    category: 'Origin Monitoring',
    type: 'http_alert_origin_error',
    display_name: 'Origin Error Rate Alert',
    description: 'The origin of a zone answers with errors more often than it should.',
    filter_options: [filter('zones', false, '1-n'), filter('slo', true, '0-1', ['99.7', '99.8'])],
  },
]

/** What the API would say of a policy's filters; null where nothing is wrong, or the alert is not known. */
export function filterMistake(
  type: string,
  filters: Readonly<Record<string, unknown>> | null,
): string | null {
  const alert = alertTypes.find((one) => one.type === type)
  if (alert === undefined) return null
  const has = (key: string): boolean => {
    const values = filters?.[key]
    return Array.isArray(values) && values.length > 0
  }
  const missing = alert.filter_options.find(({ Key, Optional }) => !Optional && !has(Key))
  if (missing !== undefined) return `filter ${missing.Key} is required for ${type}`
  const stranger = Object.keys(filters ?? {}).find(
    (key) => !alert.filter_options.some(({ Key }) => Key === key),
  )
  return stranger === undefined ? null : `filter ${stranger} is not valid for ${type}`
}
