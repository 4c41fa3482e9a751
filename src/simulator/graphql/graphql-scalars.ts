import {
  GraphQLError,
  GraphQLScalarType,
  type GraphQLSchema,
  Kind,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql'
import { isoSeconds } from '../api/json-shape.ts'

interface Scalar {
  /** From JSON or from a literal in the query; throws when it is something else. */
  readonly parse: (value: unknown) => unknown
  readonly serialize?: (value: unknown) => unknown
}

const refuse = (type: string, value: unknown): never => {
  throw new GraphQLError(`error parsing args: ${JSON.stringify(value)} is not a ${type}`)
}

const integer = (type: string, least: number, most: number): Scalar => ({
  parse: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? value
      : refuse(type, value),
})

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/

const scalars: Readonly<Record<string, Scalar>> = {
  string: { parse: (value) => (typeof value === 'string' ? value : refuse('string', value)) },
  bool: { parse: (value) => (typeof value === 'boolean' ? value : refuse('bool', value)) },
  float64: { parse: (value) => (typeof value === 'number' ? value : refuse('float64', value)) },
  int64: integer('int64', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  uint64: integer('uint64', 0, Number.MAX_SAFE_INTEGER),
  uint16: integer('uint16', 0, 65_535),
  uint8: integer('uint8', 0, 255),
  bytes: { parse: (value) => (Array.isArray(value) ? value : refuse('bytes', value)) },
  Date: {
    parse: (value) =>
      typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : refuse('Date', value),
  },
  Time: {
    parse: (value) => {
      const ms = typeof value === 'string' && rfc3339.test(value) ? Date.parse(value) : Number.NaN
      return Number.isNaN(ms) ? refuse('Time', value) : ms
    },
    serialize: (value) => (typeof value === 'number' ? isoSeconds(value) : value),
  },
}

/** Gives the schema's scalars their checks: without them a built schema takes anything. */
export function fitScalars(schema: GraphQLSchema): GraphQLSchema {
  for (const [name, scalar] of Object.entries(scalars)) {
    const type = schema.getType(name)
    if (!(type instanceof GraphQLScalarType)) continue
    type.parseValue = scalar.parse
    type.parseLiteral = (node: ValueNode) => scalar.parse(literal(node))
    type.serialize = scalar.serialize ?? ((value) => value)
  }
  return schema
}

function literal(node: ValueNode): unknown {
  switch (node.kind) {
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value)
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value
    default:
      return valueFromASTUntyped(node)
  }
}
