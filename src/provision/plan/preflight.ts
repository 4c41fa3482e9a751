import { attempt } from '../../access/attempt.ts'
import type { Caller } from '../../access/caller.ts'
import { accountOf } from '../../domain/scope.ts'
import type { EpochMs } from '../../domain/time.ts'
import type { TokenApi, TokenStatus } from '../../ports/cloudflare.ts'
import type { DesiredState } from '../resource/resource.ts'
import type { DestinationDeps } from './ask-destinations.ts'
import type { Plan } from './change.ts'
import { checkDestinations } from './check-destinations.ts'
import { checkFields } from './check-fields.ts'
import { checkPolicies, type PolicyDeps } from './check-policies.ts'
import type { FieldLists } from './field-lists.ts'
import { type Findings, noFindings, together } from './findings.ts'

/*
 * Asks Cloudflare, before anything is written, what would fail: fields and destinations of jobs that are new or
 * changed, alert types and mechanisms of policies that are new or changed, and the token itself. Nothing here writes,
 * and nothing is claimed that cannot be known: whether a webhook's receiver answers is only seen when it is made.
 * It never stands in the way of a plan: an answer that cannot be had is a note.
 */

export type PreflightDeps = DestinationDeps & PolicyDeps & TokenDeps

/** Throws only when the program was told to stop. */
export async function preflight(
  plan: Plan,
  desired: DesiredState,
  lists: FieldLists,
  deps: PreflightDeps,
): Promise<Findings> {
  if (plan.changes.length === 0) return noFindings
  return together([
    { problems: [], notes: await checkToken(desired, deps) },
    await checkFields(plan.changes, lists, deps.parallel),
    await checkDestinations(plan.changes, deps),
    await checkPolicies(plan.changes, deps),
  ])
}

interface TokenDeps {
  readonly token: TokenApi
  readonly call: Caller
  readonly now: EpochMs
}

const dayMs = 86_400_000
const soonMs = 14 * dayMs

/** What there is to say about the token, as notes: that it works is known by now, whatever its verification says. */
async function checkToken(desired: DesiredState, deps: TokenDeps): Promise<readonly string[]> {
  const status = await tokenStatus(desired, deps)
  if (status === null) return []
  if (typeof status === 'string') return [`the expiry of the API token was not checked: ${status}`]
  if (status.status === 'disabled' || status.status === 'expired') {
    return [`Cloudflare says that the API token is ${status.status}`]
  }
  const { expiresOn } = status
  if (expiresOn === null || expiresOn - deps.now >= soonMs) return []
  const at = new Date(expiresOn).toISOString()
  return [expiresOn <= deps.now ? `the API token expired at ${at}` : `the API token expires at ${at}`]
}

/**
 * A user's token and an account's are asked about in different places; the wrong one refuses a good token. Null when
 * each refuses it; a text says why it is not known.
 */
async function tokenStatus(
  desired: DesiredState,
  { token, call }: TokenDeps,
): Promise<TokenStatus | string | null> {
  const advice = call.with({ reads: 'adviceRead' })
  const accounts = desired.scopes.map((scope) => accountOf(scope).id).filter((id) => id !== '')
  let reason: string | null = null
  for (const account of [null, ...new Set(accounts)]) {
    const status = await attempt(() => advice.read((options) => token.verifyToken(account, options)))
    if (status.ok) return status.value
    if (!['auth', 'forbidden', 'not_found', 'invalid_request'].includes(status.failure.kind))
      reason ??= status.failure.message
  }
  return reason
}
