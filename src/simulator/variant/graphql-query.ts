import type { Asked } from '../api/api-pipeline.ts'
import { isRecord, type JsonRecord } from '../api/json-shape.ts'

/** What a GraphQL request asks for, as far as variants care. */
export interface HealthQuery {
  /** Accounts and zones that it names. */
  readonly scopeIds: readonly string[]
  /** The one that a variant speaks of: the one it is restricted to, or else the first. */
  readonly scopeId: string
  readonly kind: 'account' | 'zone'
  /** True: it asks for rows, not only for settings. */
  readonly rows: boolean
  readonly fromMs: number
  readonly toMs: number
  /** How many leaves it selects of each row. */
  readonly fields: number
  /** Whether it selects the leaf. */
  selects(leaf: string): boolean
}

/** Null when the request is no query about accounts or zones. */
export function healthQueryOf({ body, where }: Asked): HealthQuery | null {
  if (!isRecord(body) || typeof body.query !== 'string') return null
  const variables = isRecord(body.variables) ? body.variables : {}
  const zones = idsOf(variables, /zone/i)
  const accounts = idsOf(variables, /account/i)
  const scopeIds = zones.length > 0 ? zones : accounts
  const [first] = scopeIds
  if (first === undefined) return null
  const { query } = body
  const selection = /logpushHealthAdaptiveGroups\s*\([^)]*\)\s*\{([\s\S]*)/.exec(query)?.[1] ?? null
  const time = (name: string): number => Date.parse(String(variables[name]))
  return {
    scopeIds,
    scopeId: where !== null && scopeIds.includes(where) ? where : first,
    kind: zones.length > 0 ? 'zone' : 'account',
    rows: selection !== null,
    fromMs: time('from'),
    toMs: time('to'),
    // A word that opens no braces.
    fields: [...(selection ?? '').matchAll(/\b\w+\b(?!\s*\{)/g)].length,
    selects: (leaf) => new RegExp(`\\b${leaf}\\b`).test(selection ?? ''),
  }
}

function idsOf(variables: JsonRecord, name: RegExp): readonly string[] {
  return Object.entries(variables)
    .filter(([key]) => name.test(key))
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
    .filter((id: unknown): id is string => typeof id === 'string' && /^[0-9a-f]{32}$/.test(id))
}

/** A refusal of the whole query. */
export function graphqlRefusal(message: string, asked: Asked, code?: string, status = 200) {
  const timestamp = new Date(asked.nowMs).toISOString()
  const extensions = code === undefined ? { timestamp } : { code, timestamp }
  return {
    status,
    headers: {},
    body: { data: null, errors: [{ message, path: null, extensions }] },
  }
}
