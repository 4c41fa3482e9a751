import type * as z from 'zod'
import { nearestName } from '../../domain/nearest-name.ts'
import { isObject } from '../../domain/plain-value.ts'
import { unknownKeyMark } from './field.ts'
import {
  accountSchema,
  type JobValue,
  jobSchema,
  type ManifestValue,
  type PolicyValue,
  policySchema,
  type ScopeValue,
  scopeSchema,
  type WebhookValue,
  webhookSchema,
} from './schema.ts'

/* What can still be checked in a manifest with errors, so that one error does not hide the others. */

/** A manifest's value, with null in the place of what is too broken to look at. */
export interface PartialManifest {
  readonly account?: ManifestValue['account']
  readonly owner?: string | undefined
  readonly prune?: boolean | undefined
  readonly scopes?: readonly (ScopeValue | null)[] | undefined
  readonly jobs?: readonly (JobValue | null)[] | undefined
  readonly notifications?:
    | {
        readonly webhooks?: readonly (WebhookValue | null)[] | undefined
        readonly policies?: readonly (PolicyValue | null)[] | undefined
      }
    | undefined
}

export function parsePartially(value: unknown): PartialManifest {
  const root = isObject(value) ? value : {}
  const notifications = isObject(root.notifications) ? root.notifications : {}
  return {
    account: rescue(accountSchema, root.account) ?? undefined,
    owner: typeof root.owner === 'string' && root.owner !== '' ? root.owner : undefined,
    prune: root.prune === true,
    scopes: rescueAll(scopeSchema, root.scopes),
    jobs: rescueAll(jobSchema, root.jobs),
    notifications: {
      webhooks: rescueAll(webhookSchema, notifications.webhooks),
      policies: rescueAll(policySchema, notifications.policies),
    },
  }
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
      const known = issue.message.slice(unknownKeyMark.length).trim().split(' ')
      return issue.keys.reduce<unknown>((less, key) => meant(less, issue.path, key, known), left)
    }
    // A key that is not there may be misspelt, in which case it is put right by its own issue.
    if (!isThere(value, issue.path)) return left
    const end = issue.path.findLastIndex((key) => typeof key === 'string')
    return end < 0 ? undefined : changed(left, issue.path.slice(0, end + 1), () => [])
  }, value)
  const again = schema.safeParse(rest)
  return again.success ? again.data : null
}

function isThere(value: unknown, path: readonly PropertyKey[]): boolean {
  const [key, ...deeper] = path
  if (key === undefined) return value !== undefined
  if (Array.isArray(value)) return typeof key === 'number' && isThere(value[key], deeper)
  return isObject(value) && typeof key === 'string' && isThere(value[key], deeper)
}

type Entries = [string, unknown][]

/** An unknown key under the name it most likely stands for, or gone. */
function meant(value: unknown, path: readonly PropertyKey[], key: string, known: readonly string[]): unknown {
  const near = nearestName(key, known)
  return changed(value, [...path, key], (item) => (near === null ? [] : [[near, item]]))
}

/** The value with what stands at the path replaced by other entries. */
function changed(value: unknown, path: readonly PropertyKey[], edit: (item: unknown) => Entries): unknown {
  const [key, ...deeper] = path
  if (Array.isArray(value)) {
    return value.map((item, index) => (index === key ? changed(item, deeper, edit) : item))
  }
  if (!isObject(value) || typeof key !== 'string') return value
  const entries = Object.entries(value).flatMap(([name, item]): Entries => {
    if (name !== key) return [[name, item]]
    return deeper.length === 0 ? edit(item) : [[name, changed(item, deeper, edit)]]
  })
  return Object.fromEntries(entries)
}
