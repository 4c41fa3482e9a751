import { averages, dimensions, sums } from './health-dimensions.ts'

const figures = [
  'count',
  ...sums.map((name) => `sum_${name}`),
  ...averages.map((name) => `avg_${name}`),
  'max_timestamp',
]

const operators = ['geq', 'gt', 'leq', 'lt', 'neq'] as const

/** The part of Cloudflare's GraphQL schema that is about Logpush, written out for accounts and zones. */
export function healthSdl(): string {
  return `
    scalar Date
    scalar Time
    scalar bool
    scalar bytes
    scalar float64
    scalar int64
    scalar string
    scalar uint16
    scalar uint64
    scalar uint8
    type Query { cost: uint64! viewer: viewer }
    type viewer {
      budget: uint64!
      accounts(filter: AccountFilter_InputObject): [account!]!
      zones(filter: ZoneFilter_InputObject, limit: uint64): [zone!]!
    }
    input AccountFilter_InputObject { accountTag: string! }
    input ZoneFilter_InputObject { zoneTag: string zoneTag_gt: string zoneTag_in: [string!] }
    type account {
      accountTag: string!
      settings: AccountSettings
      zones(filter: ZoneFilter_InputObject, limit: uint64): [zone!]!
      ${node('Account')}
    }
    type zone { zoneTag: string! settings: ZoneSettings ${node('Zone')} }
    type AccountSettings { logpushHealthAdaptiveGroups: Settings! }
    type ZoneSettings { logpushHealthAdaptiveGroups: Settings! }
    type Settings {
      availableFields: [string!]!
      enabled: bool!
      maxDuration: int64!
      maxNumberOfFields: int64!
      maxPageSize: int64!
      notOlderThan: int64!
    }
    ${groups('Account')}
    ${groups('Zone')}`
}

function node(kind: 'Account' | 'Zone'): string {
  const type = `${kind}LogpushHealthAdaptiveGroups`
  return `logpushHealthAdaptiveGroups(
    filter: ${type}Filter_InputObject!
    limit: uint64!
    orderBy: [${type}OrderBy!]
  ): [${type}!]!`
}

function groups(kind: 'Account' | 'Zone'): string {
  const type = `${kind}LogpushHealthAdaptiveGroups`
  const selectable = Object.entries(dimensions).map(([name, { scalar }]) => `${name}: ${scalar}!`)
  const filters = Object.entries(dimensions).flatMap(([name, { scalar }]) => [
    `${name}: ${scalar}`,
    ...operators.map((operator) => `${name}_${operator}: ${scalar}`),
    // Lists of 8-bit numbers are "bytes" in the real schema.
    ...['in', 'notin'].map(
      (operator) => `${name}_${operator}: ${scalar === 'uint8' ? 'bytes' : `[${scalar}!]`}`,
    ),
    ...(scalar === 'string' ? [`${name}_like: string`, `${name}_notlike: string`] : []),
  ])
  return `
    type ${type} {
      count: uint64!
      sum: ${type}Sum
      avg: ${type}Avg
      max: ${type}Max
      dimensions: ${type}Dimensions
    }
    type ${type}Sum { ${sums.map((name) => `${name}: uint64!`).join(' ')} }
    type ${type}Avg { ${averages.map((name) => `${name}: float64!`).join(' ')} }
    type ${type}Max { timestamp: Time! }
    type ${type}Dimensions { ${selectable.join(' ')} }
    input ${type}Filter_InputObject {
      AND: [${type}Filter_InputObject!]
      OR: [${type}Filter_InputObject!]
      ${filters.join('\n')}
    }
    enum ${type}OrderBy { ${orderings().join(' ')} }`
}

function orderings(): string[] {
  const names = [...Object.keys(dimensions), 'accountId', 'objectType', ...figures]
  return names.flatMap((name) => [`${name}_ASC`, `${name}_DESC`])
}

/** As the `settings` node lists them. */
export function availableFields(): string[] {
  return [...figures, ...Object.keys(dimensions).map((name) => `dimensions_${name}`)]
}
