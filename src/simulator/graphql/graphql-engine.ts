import {
  buildSchema,
  type DocumentNode,
  execute,
  type GraphQLError,
  type GraphQLFormattedError,
  Kind,
  parse,
  specifiedRules,
  validate,
  visit,
} from 'graphql'
import type { JsonRecord } from '../api/json-shape.ts'
import { formatError, QueryError } from './graphql-error.ts'
import { type QueryContext, rootValue } from './graphql-resolvers.ts'
import { fitScalars } from './graphql-scalars.ts'
import { healthSdl } from './graphql-sdl.ts'

export interface GraphqlAnswer {
  /** The HTTP status the documentation gives to the first error; 200 without errors. */
  readonly documentedStatus: number
  readonly body: { readonly data: unknown; readonly errors: readonly GraphQLFormattedError[] | null }
}

interface GraphqlRequest {
  readonly query: string
  readonly variables: JsonRecord
  readonly operationName?: string | undefined
}

type Prepared = DocumentNode | readonly GraphQLError[]

export type GraphqlEngine = ReturnType<typeof createGraphqlEngine>

/** Runs queries against the simulator's own schema. */
export function createGraphqlEngine() {
  const schema = fitScalars(buildSchema(healthSdl()))
  const prepared = new Map<string, Prepared>()
  const prepare = (query: string): Prepared => {
    const known = prepared.get(query)
    if (known !== undefined) return known
    // A client that writes values into its queries would fill the memory.
    if (prepared.size > 200) prepared.clear()
    const fresh = parseAndValidate(query)
    prepared.set(query, fresh)
    return fresh
  }
  const parseAndValidate = (query: string): Prepared => {
    let document: DocumentNode
    try {
      document = plainTypes(parse(query))
    } catch (error) {
      if (isGraphqlError(error)) return [error]
      throw error
    }
    const errors = validate(schema, document, specifiedRules)
    return errors.length > 0 ? errors : document
  }
  return {
    run: async (request: GraphqlRequest, context: QueryContext): Promise<GraphqlAnswer> => {
      const document = prepare(request.query)
      if (!('kind' in document)) return refusal(document, context.nowMs)
      const { data, errors } = await execute({
        schema,
        document,
        rootValue,
        contextValue: context,
        variableValues: request.variables,
        operationName: request.operationName ?? null,
      })
      if (errors !== undefined && errors.length > 0) return refusal(errors, context.nowMs)
      return { documentedStatus: 200, body: { data: data ?? null, errors: null } }
    },
  }
}

function refusal(errors: readonly GraphQLError[], nowMs: number): GraphqlAnswer {
  const first = errors[0]?.originalError
  return {
    documentedStatus: first instanceof QueryError ? first.status : 400,
    body: { data: null, errors: errors.map((error) => formatError(error, nowMs)) },
  }
}

function isGraphqlError(error: unknown): error is GraphQLError {
  return error instanceof Error && error.name === 'GraphQLError'
}

/** The real API takes `String` for its own `string` where a variable is declared. */
function plainTypes(document: DocumentNode): DocumentNode {
  return visit(document, {
    [Kind.VARIABLE_DEFINITION]: (definition) =>
      visit(definition, {
        [Kind.NAMED_TYPE]: (type) =>
          type.name.value === 'String' ? { ...type, name: { ...type.name, value: 'string' } } : undefined,
      }),
  })
}
