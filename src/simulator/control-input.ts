import type { Fault, FaultEffect } from './api/faults.ts'
import { isRecord, type JsonRecord } from './api/json-shape.ts'
import type { VariantChoice } from './variant/variants.ts'
import { failures, isFailureName } from './world/failures.ts'
import type { JobAction } from './world/world-spec.ts'

/** A fault from JSON, either `{effect: {kind, …}, …}` or flat with `kind`; a text says what is wrong. */
export function readFault(body: unknown): Fault | string {
  if (!isRecord(body)) return 'a fault is an object'
  const effect = readEffect(isRecord(body.effect) ? body.effect : body)
  if (typeof effect === 'string') return effect
  const { api, operation, path, count, probability } = body
  if (api !== undefined && api !== 'rest' && api !== 'graphql') return 'api must be rest or graphql'
  return {
    effect,
    ...(api === undefined ? {} : { api }),
    ...(typeof operation === 'string' ? { operation } : {}),
    ...(typeof path === 'string' ? { path } : {}),
    ...(typeof count === 'number' ? { count } : {}),
    ...(typeof probability === 'number' ? { probability } : {}),
  }
}

function readEffect(effect: JsonRecord): FaultEffect | string {
  const number = (name: string): number | undefined => {
    const value = effect[name]
    return typeof value === 'number' ? value : undefined
  }
  switch (effect.kind) {
    case 'hang':
    case 'reset':
    case 'lost_answer':
    case 'html':
    case 'cut_json':
    case 'success_false':
    case 'budget':
    case 'partial':
      return { kind: effect.kind }
    case 'status': {
      const retryAfterSeconds = number('retryAfterSeconds')
      const status = number('status') ?? 503
      return { kind: 'status', status, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) }
    }
    case 'slow':
      return { kind: 'slow', delayMs: number('delayMs') ?? 1_000 }
    case 'truncated':
      return { kind: 'truncated', rows: number('rows') ?? 1 }
    default:
      return `unknown kind of fault ${JSON.stringify(effect.kind)}`
  }
}

/** What to do to a job, from `{action, failure?}`; a text says what is wrong. */
export function readJobAction(body: unknown): JobAction | string {
  const action = isRecord(body) ? body.action : undefined
  switch (action) {
    case 'mend':
    case 'enable':
    case 'disable':
    case 'delete':
      return { kind: action }
    case 'break': {
      const failure = isRecord(body) ? (body.failure ?? 'access_denied') : 'access_denied'
      if (typeof failure === 'string' && isFailureName(failure)) return { kind: 'break', failure }
      return `failure must be one of ${Object.keys(failures).join(', ')}`
    }
    default:
      return 'action must be one of break, mend, enable, disable, delete'
  }
}

/** A variant to enable, from `{name, where?}`, or contrary mode, from `{contrary}`; a text says what is wrong. */
export function readVariantChoice(body: unknown): VariantChoice | { readonly contrary: boolean } | string {
  if (!isRecord(body)) return 'a variant is an object'
  const { name, where, contrary } = body
  if (typeof contrary === 'boolean') return { contrary }
  if (typeof name !== 'string') return 'name must be the name of a variant'
  if (where !== undefined && typeof where !== 'string') return 'where must be a text'
  return where === undefined ? { name } : { name, where }
}
