import type { Asked } from '../api/api-pipeline.ts'
import { isRecord, type JsonRecord, mapValues } from '../api/json-shape.ts'
import { healthQueryOf } from './graphql-query.ts'
import { changed, ofBody, type Variant } from './variant.ts'

type Node = JsonRecord

/** Edits the node of each account or zone; null leaves it out. */
function ofNodes(edit: (node: Node, asked: Asked) => Node | null) {
  const walk = (value: unknown, asked: Asked): unknown => {
    if (!isRecord(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, child]) => {
        if (key !== 'accounts' && key !== 'zones') return [key, walk(child, asked)]
        if (!Array.isArray(child)) return [key, child]
        const nodes = child.map((node: unknown) => walk(node, asked)).filter(isRecord)
        return [key, nodes.flatMap((node) => (isHealthNode(node) ? (edit(node, asked) ?? []) : [node]))]
      }),
    )
  }
  return ofBody((body, asked) => ({ ...body, data: walk(body.data, asked) }))
}

const isHealthNode = (node: Node): boolean =>
  'settings' in node || Object.entries(node).some(([name, value]) => holdsRows(value, name))

/** A field of a node that holds rows, whatever alias it has. */
const holdsRows = (value: unknown, name: string): value is readonly unknown[] =>
  Array.isArray(value) && name !== 'zones'

/** The node with each of its lists of rows edited. */
function ofLists(node: Node, edit: (rows: readonly unknown[]) => unknown): Node {
  return mapValues(node, (value, name) => (holdsRows(value, name) ? edit(value) : value))
}

function ofRows(edit: (row: JsonRecord) => JsonRecord) {
  return ofNodes((node) => ofLists(node, (rows) => rows.map((row) => (isRecord(row) ? edit(row) : row))))
}

/** Edits only the node of the account or zone that the variant speaks of. */
function ofScope(edit: (node: Node) => Node | null) {
  return ofNodes((node, asked) => {
    const scopeId = healthQueryOf(asked)?.scopeId
    return node.zoneTag === scopeId || node.accountTag === scopeId ? edit(node) : node
  })
}

const texts = (value: unknown): unknown => (isRecord(value) ? mapValues(value, String) : value)

const ifThere = (row: JsonRecord, name: string, value: unknown): JsonRecord =>
  name in row ? { ...row, [name]: value } : row

/** Forms of what GraphQL answers. */
export const graphqlVariants: readonly Variant[] = [
  ...changed('graphql', 'nothing', {
    'graphql/no-errors': [
      'leaves out errors in place of writing null',
      ofBody(({ errors: _, ...rest }) => rest),
    ],
    'graphql/empty-errors': ['writes no errors as []', ofBody((body) => ({ ...body, errors: [] }))],
    'graphql/plain-text': [
      'sends its JSON as text/plain',
      (answer) => ({
        ...answer,
        headers: { ...answer.headers, 'content-type': 'text/plain; charset=utf-8' },
      }),
    ],
    'graphql/avg-null': ['writes avg of each row as null', ofRows((row) => ifThere(row, 'avg', null))],
    'graphql/avg-negative': [
      'writes an unknown average as -1',
      ofRows((row) => (isRecord(row.avg) ? { ...row, avg: { ...row.avg, uploadDuration: -1 } } : row)),
    ],
    'graphql/max-null': ['writes max of each row as null', ofRows((row) => ifThere(row, 'max', null))],
    'graphql/max-1970': [
      'tells 1970 for the latest upload of each row',
      ofRows((row) => ifThere(row, 'max', { timestamp: '1970-01-01T00:00:00Z' })),
    ],
    'graphql/max-timestamp-null': [
      'tells null for the latest upload of each row',
      ofRows((row) => ifThere(row, 'max', { timestamp: null })),
    ],
    'graphql/sums-as-texts': [
      'writes 64-bit sums as texts',
      ofRows((row) => ifThere(row, 'sum', texts(row.sum))),
    ],
    'graphql/settings-null': [
      'answers settings with null',
      ofNodes((node) => ifThere(node, 'settings', null)),
    ],
  }),
  ...changed('graphql', 'itself', {
    'graphql/row-of-later': [
      'adds a row of a minute after those that were asked for',
      ofNodes((node) => withRow(node, (row) => ({ ...row, dimensions: ofLater(row.dimensions) }))),
    ],
  }),
  ...changed('graphql', 'scope', {
    'graphql/outside': [
      'leaves out an account or zone without an error, as for one outside the token',
      ofScope(() => null),
    ],
    'graphql/unreadable-row': [
      'adds a row without dimensions',
      ofScope((node) => withRow(node, (row) => ({ ...row, dimensions: null }))),
    ],
    'graphql/row-without-sum': [
      'adds a row without sums',
      ofScope((node) => withRow(node, (row) => ({ ...row, sum: null }))),
    ],
    'graphql/rows-null': [
      'answers the rows of an account or zone with null',
      ofScope((node) => ofLists(node, () => null)),
    ],
  }),
]

const ofLater = (dimensions: unknown): unknown =>
  isRecord(dimensions) ? { ...dimensions, datetimeMinute: '2035-01-01T00:00:00Z' } : dimensions

/** The node with one more row, made of one that it has. */
function withRow(node: Node, edit: (row: JsonRecord) => JsonRecord): Node {
  return ofLists(node, (rows) => (isRecord(rows[0]) ? [edit(rows[0]), ...rows] : rows))
}
