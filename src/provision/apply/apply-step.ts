import type { Caller } from '../../access/caller.ts'
import { scopeTitle } from '../../domain/scope.ts'
import type { Secret } from '../../domain/secret.ts'
import { ApiFailure, UserError } from '../../errors.ts'
import type { Clock, Log } from '../../ports/runtime.ts'
import type { Challenges } from '../ownership/challenge.ts'
import { challengeOf, type NeededProof } from '../ownership/needed-proof.ts'
import { type Change, changeAddress } from '../plan/change.ts'
import type { DesiredWebhook } from '../resource/resource.ts'
import { carryOut } from './apply-change.ts'
import type { ApplyEvent, StepState } from './apply-event.ts'
import { createLiveObjects, type ObjectsDeps } from './apply-objects.ts'
import type { Outcome, Subject } from './apply-outcome.ts'
import { challengeTitle, type Step } from './apply-steps.ts'
import type { Write } from './apply-write.ts'

export interface ApplyDeps extends ObjectsDeps {
  readonly challenges: Challenges
  readonly clock: Clock
  readonly call: Caller
  /** Gets one audit line per write. */
  readonly log: Log
  readonly onEvent: (event: ApplyEvent) => void
  /** Told of each webhook whose address and secret Cloudflare now has: neither can be read back. */
  readonly onWebhookSent: (webhook: DesiredWebhook) => Promise<void>
}

export interface StepEnd {
  readonly outcome: Outcome
  /** Why no other step can succeed either; null when others may. */
  readonly stop: string | null
}

/** Carries out one step; failures of the outside and of the user become its outcome. */
export async function endOf(step: Step, deps: ApplyDeps, signal: AbortSignal): Promise<StepEnd> {
  const onWait = (reason: string) => reportState(deps, step, { state: 'waiting', reason })
  try {
    if (step.kind === 'challenge') {
      await prove(step, deps, signal)
      return { outcome: { state: 'done', id: null, note: null }, stop: null }
    }
    const token = await tokenOf(step.change, deps, signal)
    const call = deps.call.with({ stop: signal, signal, onWait })
    const onWrite = (write: Write) => audit(deps.log, write)
    const objects = createLiveObjects(deps, call)
    const outcome = await carryOut({ objects, call, clock: deps.clock, signal, onWrite }, step.change, token)
    if (outcome.state === 'done' && step.change.kind === 'webhook' && step.change.change !== 'delete') {
      await deps.onWebhookSent(step.change.desired)
    }
    return { outcome, stop: null }
  } catch (error) {
    if (!(error instanceof ApiFailure || error instanceof UserError)) throw error
    if (error instanceof ApiFailure && error.kind === 'aborted') {
      return { outcome: { state: 'not_started', reason: 'interrupted' }, stop: 'interrupted' }
    }
    if (step.kind === 'change') await recheckToken(step.change, deps, error, signal)
    const stop = error instanceof ApiFailure && error.kind === 'auth' && step.kind === 'change'
    return {
      outcome: { state: 'failed', reason: error.message },
      stop: stop ? 'the API token was refused' : null,
    }
  }
}

async function prove(
  step: Extract<Step, { kind: 'challenge' }>,
  deps: ApplyDeps,
  signal: AbortSignal,
): Promise<void> {
  await deps.challenges.tokenFor(step.need, {
    signal,
    onStep: (progress) => {
      if (progress.step === 'requested') {
        auditRequest(deps.log, step.need, progress.location)
        reportState(deps, step, { state: 'waiting', reason: `for ${progress.location}` })
      } else if (progress.step === 'waiting') {
        reportState(deps, step, { state: 'waiting', reason: `for ${progress.location}: ${progress.reason}` })
      }
    },
  })
}

/** The token a change has to carry; the step before it has made sure that there is one. */
async function tokenOf(change: Change, deps: ApplyDeps, signal: AbortSignal): Promise<Secret | null> {
  const need = challengeOf(change)
  if (need === null || change.kind !== 'job' || change.change === 'delete') return null
  const { ownership } = change.desired
  return ownership.how === 'token' ? ownership.token : deps.challenges.tokenFor(need, { signal })
}

/** Cloudflare's code for bad input: a token that does not fit, among much else. */
const badInput = 1002

async function recheckToken(
  change: Change,
  deps: ApplyDeps,
  error: ApiFailure | UserError,
  signal: AbortSignal,
): Promise<void> {
  const need = challengeOf(change)
  if (need === null || !(error instanceof ApiFailure) || !error.codes.includes(badInput)) return
  try {
    await deps.challenges.recheck(need, { signal })
  } catch (failure) {
    // The change has failed already; that is what gets reported.
    if (!(failure instanceof ApiFailure)) throw failure
  }
}

export function reportState(deps: ApplyDeps, step: Step, state: StepState): void {
  deps.onEvent({ event: 'step', subject: subjectOf(step), step: state })
}

export function subjectOf(step: Step): Subject {
  if (step.kind === 'challenge') {
    const name = challengeTitle(step.need)
    return { change: 'prove', kind: 'destination', name, scope: scopeTitle(step.need.scope) }
  }
  const { kind, name, scope } = changeAddress(step.change)
  return { change: step.change.change, kind, name, scope: scopeTitle(scope) }
}

function audit(log: Log, { action, change, id, result }: Write): void {
  const { kind, name, scope } = changeAddress(change)
  const fields = { audit: true, action, kind, name, scope: scopeTitle(scope), scope_id: scope.id, id, result }
  log.info(fields, 'provision write')
}

function auditRequest(log: Log, { scope }: NeededProof, location: string): void {
  const fields = { audit: true, action: 'request challenge', location, scope: scopeTitle(scope) }
  log.info({ ...fields, scope_id: scope.id, result: 'done' }, 'provision write')
}
