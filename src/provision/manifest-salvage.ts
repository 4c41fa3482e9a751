import type { z } from 'zod'
import {
  accountSchema,
  completeJobSchema,
  type JobValue,
  type ManifestValue,
  type PolicyValue,
  policySchema,
  type ScopeValue,
  scopeSchema,
  type WebhookValue,
  webhookSchema,
} from './manifest-schema.ts'

/*
 * What of a manifest with mistakes can still be checked, so that one mistake does not hide the others.
 */

/** A manifest's value, with null in the place of what is too broken to look at. */
export interface Salvaged {
  readonly account?: ManifestValue['account']
  readonly owner?: string | undefined
  readonly scopes?: readonly (ScopeValue | null)[] | undefined
  readonly jobs?: readonly (JobValue | null)[] | undefined
  readonly notifications?:
    | {
        readonly webhooks?: readonly (WebhookValue | null)[] | undefined
        readonly policies?: readonly (PolicyValue | null)[] | undefined
      }
    | undefined
}

export function salvage(value: unknown): Salvaged {
  const root = isRecord(value) ? value : {}
  const notifications = isRecord(root.notifications) ? root.notifications : {}
  return {
    account: rescue(accountSchema, root.account) ?? undefined,
    owner: typeof root.owner === 'string' && root.owner !== '' ? root.owner : undefined,
    scopes: rescueAll(scopeSchema, root.scopes),
    jobs: rescueAll(completeJobSchema(), root.jobs),
    notifications: {
      webhooks: rescueAll(webhookSchema, notifications.webhooks),
      policies: rescueAll(policySchema, notifications.policies),
    },
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function rescueAll<S extends z.ZodType>(schema: S, items: unknown): readonly (z.output<S> | null)[] {
  return Array.isArray(items) ? items.map((item) => rescue(schema, item)) : []
}

/** The value without the parts that are wrong; null when too little is left. */
function rescue<S extends z.ZodType>(schema: S, value: unknown): z.output<S> | null {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const rest = parsed.error.issues.reduce((left, issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.reduce<unknown>((less, key) => without(less, [...issue.path, key]), left)
    }
    const end = issue.path.findLastIndex((key) => typeof key === 'string')
    return end < 0 ? undefined : without(left, issue.path.slice(0, end + 1))
  }, value)
  const again = schema.safeParse(rest)
  return again.success ? again.data : null
}

function without(value: unknown, path: readonly PropertyKey[]): unknown {
  const [key, ...deeper] = path
  if (Array.isArray(value)) {
    return value.map((item, index) => (index === key ? without(item, deeper) : item))
  }
  if (!isRecord(value) || typeof key !== 'string') return value
  const entries = Object.entries(value).flatMap(([name, item]): [string, unknown][] => {
    if (name !== key) return [[name, item]]
    return deeper.length === 0 ? [] : [[name, without(item, deeper)]]
  })
  return Object.fromEntries(entries)
}
