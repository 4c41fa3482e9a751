import type { Asked, RawAnswer } from '../api/api-pipeline.ts'
import { isRecord, type JsonRecord } from '../api/json-shape.ts'
import { healthQueryOf } from './graphql-query.ts'
import type { Variant } from './variant.ts'

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
  return (answer: RawAnswer, asked: Asked): RawAnswer =>
    isRecord(answer.body)
      ? { ...answer, body: { ...answer.body, data: walk(answer.body.data, asked) } }
      : answer
}

const isHealthNode = (node: Node): boolean => 'settings' in node || rowsKeys(node).length > 0

/** The fields of a node that hold rows, whatever alias they have. */
const rowsKeys = (node: Node): readonly string[] =>
  Object.keys(node).filter((key) => Array.isArray(node[key]) && key !== 'zones')

function ofRows(edit: (row: JsonRecord) => JsonRecord) {
  return ofNodes((node) => ({
    ...node,
    ...Object.fromEntries(
      rowsKeys(node).map((key) => [key, listAt(node, key).map((row) => (isRecord(row) ? edit(row) : row))]),
    ),
  }))
}

const listAt = (node: Node, key: string): readonly unknown[] => {
  const list = node[key]
  return Array.isArray(list) ? list : []
}

/** Edits only the node of the account or zone that the variant speaks of. */
function ofScope(edit: (node: Node) => Node | null) {
  return ofNodes((node, asked) => {
    const scopeId = healthQueryOf(asked)?.scopeId
    return node.zoneTag === scopeId || node.accountTag === scopeId ? edit(node) : node
  })
}

const texts = (value: unknown): unknown =>
  isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]))
    : value

const ifThere = (row: JsonRecord, name: string, value: unknown): JsonRecord =>
  name in row ? { ...row, [name]: value } : row

/** Forms of what GraphQL answers. */
export const graphqlVariants: readonly Variant[] = [
  {
    name: 'graphql/no-errors',
    of: 'graphql',
    cost: 'nothing',
    does: 'leaves out errors in place of writing null',
    change: (answer) => {
      if (!isRecord(answer.body)) return answer
      const { errors: _, ...rest } = answer.body
      return { ...answer, body: rest }
    },
  },
  {
    name: 'graphql/empty-errors',
    of: 'graphql',
    cost: 'nothing',
    does: 'writes no errors as []',
    change: (answer) =>
      isRecord(answer.body) ? { ...answer, body: { ...answer.body, errors: [] } } : answer,
  },
  {
    name: 'graphql/plain-text',
    of: 'graphql',
    cost: 'nothing',
    does: 'sends its JSON as text/plain',
    change: (answer) => ({
      ...answer,
      headers: { ...answer.headers, 'content-type': 'text/plain; charset=utf-8' },
    }),
  },
  {
    name: 'graphql/avg-null',
    of: 'graphql',
    cost: 'nothing',
    does: 'writes avg of each row as null',
    change: ofRows((row) => ifThere(row, 'avg', null)),
  },
  {
    name: 'graphql/avg-negative',
    of: 'graphql',
    cost: 'nothing',
    does: 'writes an unknown average as -1',
    change: ofRows((row) => (isRecord(row.avg) ? { ...row, avg: { ...row.avg, uploadDuration: -1 } } : row)),
  },
  {
    name: 'graphql/max-null',
    of: 'graphql',
    cost: 'nothing',
    does: 'writes max of each row as null',
    change: ofRows((row) => ifThere(row, 'max', null)),
  },
  {
    name: 'graphql/max-1970',
    of: 'graphql',
    cost: 'nothing',
    does: 'tells 1970 for the latest upload of each row',
    change: ofRows((row) => ifThere(row, 'max', { timestamp: '1970-01-01T00:00:00Z' })),
  },
  {
    name: 'graphql/max-timestamp-null',
    of: 'graphql',
    cost: 'nothing',
    does: 'tells null for the latest upload of each row',
    change: ofRows((row) => ifThere(row, 'max', { timestamp: null })),
  },
  {
    name: 'graphql/sums-as-texts',
    of: 'graphql',
    cost: 'nothing',
    does: 'writes 64-bit sums as texts',
    change: ofRows((row) => ifThere(row, 'sum', texts(row.sum))),
  },
  {
    name: 'graphql/settings-null',
    of: 'graphql',
    cost: 'nothing',
    does: 'answers settings with null',
    change: ofNodes((node) => ifThere(node, 'settings', null)),
  },
  {
    name: 'graphql/outside',
    of: 'graphql',
    cost: 'scope',
    does: 'leaves out an account or zone without an error, as for one outside the token',
    change: ofScope(() => null),
  },
  {
    name: 'graphql/unreadable-row',
    of: 'graphql',
    cost: 'scope',
    does: 'adds a row without dimensions',
    change: ofScope((node) => withRow(node, (row) => ({ ...row, dimensions: null }))),
  },
  {
    name: 'graphql/row-without-sum',
    of: 'graphql',
    cost: 'scope',
    does: 'adds a row without sums',
    change: ofScope((node) => withRow(node, (row) => ({ ...row, sum: null }))),
  },
  {
    name: 'graphql/rows-null',
    of: 'graphql',
    cost: 'scope',
    does: 'answers the rows of an account or zone with null',
    change: ofScope((node) => ({ ...node, ...Object.fromEntries(rowsKeys(node).map((key) => [key, null])) })),
  },
]

/** The node with one more row, made of one that it has. */
function withRow(node: Node, edit: (row: JsonRecord) => JsonRecord): Node {
  return {
    ...node,
    ...Object.fromEntries(
      rowsKeys(node).map((key) => {
        const rows = listAt(node, key)
        const [first] = rows
        return [key, isRecord(first) ? [edit(first), ...rows] : rows]
      }),
    ),
  }
}
