/*
 * The audit log, version 2. It has every product's writes and nothing documents by which name Logpush goes in it, so
 * nothing is filtered at Cloudflare: what concerns a Logpush job is picked out here, by its address first. Of what was
 * written to a job nothing is read but `enabled`, since the rest may hold credentials.
 */
import * as z from 'zod/mini'
import type { AuditAction, AuditEntry } from '../../domain/job/audit-entry.ts'
import type { JobId } from '../../domain/job/job.ts'
import { isObject } from '../../domain/plain-value.ts'
import type { AuditApi } from '../../ports/audit-log.ts'
import { idText, instant, mapped, optionalText } from '../fields.ts'
import { nullableItemsOf } from '../item-list.ts'
import type { Rest } from './rest.ts'

/** The API's own default is 100, its maximum is not documented; this much is known to work. */
const perPage = 200

const text = z.catch(optionalText, null)

const wireActor = z.object({
  type: text,
  id: text,
  email: text,
  context: text,
  token_id: text,
  token_name: text,
  // Some clients read the token as an object.
  token: z.catch(z.nullish(z.object({ id: text, name: text })), null),
})

const nobody = wireActor.parse({})

const wireEntry = z.object({
  id: idText,
  action: z.object({
    type: text,
    time: instant,
  }),
  actor: z.nullish(wireActor),
  raw: z.nullish(z.object({ method: text, uri: text })),
  resource: z.nullish(z.record(z.string(), z.unknown())),
})

/** A row of another product that cannot be read is no concern of ours. */
const jobEntries = nullableItemsOf(
  mapped(wireEntry.check(z.refine((wire) => jobIdOf(wire) !== null)), toEntry),
  ['id', 'action'],
  isJobWrite,
)

export function createAuditApi(rest: Rest): AuditApi {
  return {
    async listAuditLog(accountId, { since, before, cursor }, options) {
      const answer = await rest.whole({ operation: 'list_audit_log' }, options, jobEntries, (sdk) =>
        sdk.accounts.logs.audit.list({
          account_id: accountId,
          since: new Date(since).toISOString(),
          before: new Date(before).toISOString(),
          direction: 'desc',
          limit: perPage,
          ...(cursor === null ? {} : { cursor }),
        }),
      )
      const told = answer.info?.cursor ?? answer.info?.cursors?.after ?? null
      // The same place again would never end.
      const next = answer.count === 0 || told === '' || told === cursor ? null : told
      const fill = answer.count === 0 ? 'empty' : next === null ? 'short' : 'full'
      return { ...answer.result, fill, lastPage: null, cursor: next }
    },
  }
}

function toEntry(wire: z.output<typeof wireEntry>): AuditEntry {
  const { id, action, raw, resource } = wire
  const actor = wire.actor ?? nobody
  return {
    id,
    at: action.time,
    jobId: jobIdOf(wire) ?? '',
    action: actionOf(action.type ?? raw?.method ?? '', resource?.request),
    actor: {
      type: actor.type,
      id: actor.id,
      email: actor.email,
      context: actor.context,
      tokenId: actor.token_id ?? actor.token?.id ?? null,
      tokenName: actor.token_name ?? actor.token?.name ?? null,
    },
  }
}

function actionOf(verb: string, request: unknown): AuditAction {
  if (/^(create|post)$/i.test(verb)) return 'created'
  if (/^delete$/i.test(verb)) return 'deleted'
  const written = isObject(request) ? request : typeof request === 'string' ? parsed(request) : {}
  if (written.enabled === false) return 'disabled'
  // Tools write the whole job each time: only the switch alone says that it was off before.
  return written.enabled === true && Object.keys(written).length === 1 ? 'enabled' : 'changed'
}

function parsed(request: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(request)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** A write to a job that was carried out. */
function isJobWrite(row: unknown): boolean {
  if (!isObject(row) || jobIdOf(row) === null) return false
  const { result, type } = isObject(row.action) ? row.action : {}
  const { status_code: status, method } = isObject(row.raw) ? row.raw : {}
  const refused = result === 'failure' || result === false || (typeof status === 'number' && status >= 400)
  return !refused && type !== 'view' && method !== 'GET'
}

/** The job a row is about; null for one that is about something else. */
function jobIdOf(row: { readonly raw?: unknown; readonly resource?: unknown }): JobId | null {
  const { uri } = isObject(row.raw) ? row.raw : {}
  const { id, product, type, response } = isObject(row.resource) ? row.resource : {}
  const address = typeof uri === 'string' ? /\/logpush\/jobs(?:\/(\d+))?\/?(?:\?|$)/.exec(uri) : null
  if (address?.[1] !== undefined) return address[1]
  if (address === null && ![product, type].some((name) => typeof name === 'string' && /logpush/i.test(name)))
    return null
  const made = isObject(response) ? (isObject(response.result) ? response.result.id : response.id) : null
  return [id, made].map(wholeNumber).find((found) => found !== null) ?? null
}

function wholeNumber(value: unknown): JobId | null {
  const read = idText.safeParse(value)
  return read.success && /^\d{1,20}$/.test(read.data) ? read.data : null
}
