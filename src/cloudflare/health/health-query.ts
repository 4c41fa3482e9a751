/*
 * The texts of the GraphQL queries. Every value goes in as a scalar variable, named as in Cloudflare's schema
 * (its scalars are lower-case). Rows are never grouped by `datetime` or `error`, which would make one row per upload.
 */

/** Where the scope stands in the tree: an account, zones, or zones below their account (account-based limits). */
export type QueryShape = 'account' | 'zones' | 'zones of account'

/** Zones in one query at most: the API's limit. */
export const maxZones = 10

const filters = {
  from: { field: 'datetimeMinute_geq', type: 'Time!' },
  to: { field: 'datetimeMinute_lt', type: 'Time!' },
  jobFrom: { field: 'jobId_geq', type: 'uint64!' },
  jobTo: { field: 'jobId_lt', type: 'uint64!' },
} as const

export type HealthFilter = keyof typeof filters

const order = ['datetimeMinute', 'jobId', 'destinationType', 'status', 'final', 'success']
  .map((field) => `${field}_ASC`)
  .join(', ')

/** Fields that counting does without, as `settings.availableFields` names them. */
export const optionalFields = ['avg_uploadDuration', 'avg_sampleInterval', 'max_timestamp'] as const

/**
 * The query for the rows, with a variable for each filter named and for `limit`. One field that a plan does not
 * include fails the whole query, so the optional ones can be left out.
 */
export function healthQuery(
  shape: QueryShape,
  used: readonly HealthFilter[],
  fields: 'all' | 'needed' = 'all',
): string {
  const filter = used.map((name) => `${filters[name].field}: $${name}`).join(', ')
  const variables = [...used.map((name) => `$${name}: ${filters[name].type}`), '$limit: uint64!']
  return query('LogpushHealth', shape, variables, [
    `rows: logpushHealthAdaptiveGroups(filter: {${filter}}, limit: $limit, orderBy: [${order}]) {`,
    '  dimensions { datetimeMinute jobId destinationType status final success }',
    '  sum { uploads records bytes bytesCompressed }',
    ...(fields === 'all' ? ['  avg { uploadDuration sampleInterval }', '  max { timestamp }'] : []),
    '}',
  ])
}

/** The query for the limits of the dataset. */
export function limitsQuery(shape: QueryShape): string {
  return query(
    'LogpushHealthLimits',
    shape,
    [],
    [
      'settings {',
      '  logpushHealthAdaptiveGroups { enabled maxDuration notOlderThan maxPageSize availableFields }',
      '}',
    ],
  )
}

function query(
  name: string,
  shape: QueryShape,
  variables: readonly string[],
  node: readonly string[],
): string {
  const account = { variable: '$account: string!', open: 'accounts(filter: {accountTag: $account}) {' }
  const zones = {
    variable: '$zones: [string!]!',
    open: `zones(filter: {zoneTag_in: $zones}, limit: ${maxZones}) {`,
  }
  switch (shape) {
    case 'account':
      return nested(name, [account.variable, ...variables], [account.open], ['accountTag', ...node])
    case 'zones':
      return nested(name, [zones.variable, ...variables], [zones.open], ['zoneTag', ...node])
    case 'zones of account': {
      const both = [account.variable, zones.variable, ...variables]
      return nested(name, both, [account.open, zones.open], ['zoneTag', ...node])
    }
  }
}

function nested(
  name: string,
  variables: readonly string[],
  levels: readonly string[],
  leaves: readonly string[],
): string {
  const opened = [`query ${name}(${variables.join(', ')}) {`, 'viewer {', ...levels]
  const indent = (depth: number, line: string) => '  '.repeat(depth) + line
  return [
    ...opened.map((line, depth) => indent(depth, line)),
    ...leaves.map((line) => indent(opened.length, line)),
    ...opened.map((_, index) => indent(opened.length - 1 - index, '}')),
  ].join('\n')
}
