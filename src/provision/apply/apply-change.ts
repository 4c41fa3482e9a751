import { attempt } from '../../access/attempt.ts'
import type { Secret } from '../../domain/secret.ts'
import { ApiFailure } from '../../errors.ts'
import { type Change, type Create, changeAddress, type Delete, type Edit } from '../plan/change.ts'
import { changedSince } from '../plan/changed-since.ts'
import type { Actual } from '../resource/resource.ts'
import type { LiveObjects } from './apply-objects.ts'
import type { Outcome } from './apply-outcome.ts'
import { gone, lookFor, onlyOne, type ProofDeps, taken } from './apply-proof.ts'
import { writeOnce } from './apply-write.ts'

/*
 * Carries out one change. It reads again first, and writes nothing when what is live is not what the plan
 * saw. So nothing is made twice, and a run that dies anywhere leaves what the next run recognises.
 */

/** `token` is the proof of ownership that the change has to carry, if any. */
export function carryOut(deps: ProofDeps, change: Change, token: Secret | null): Promise<Outcome> {
  switch (change.change) {
    case 'create':
      return create(deps, change, token, [])
    case 'update':
    case 'adopt':
      return update(deps, change, token)
    case 'replace':
      return replace(deps, change, token)
    case 'delete':
      return remove(deps, change)
  }
}

/** `expected`: ids of live objects that may already have the name. */
async function create(
  deps: ProofDeps,
  change: Create | Edit,
  token: Secret | null,
  expected: readonly string[],
): Promise<Outcome> {
  const { objects } = deps
  const address = changeAddress(change)
  const another = async () => {
    const found = await objects.named(address)
    return found.find(({ id }) => !expected.includes(id))?.id ?? null
  }
  if ((await another()) !== null) return refused(`a ${address.kind} of this name has appeared since the plan`)
  const made = await writeOnce(deps, {
    action: 'create',
    change,
    send: () => objects.create(change, token),
    look: () => lookFor(deps, another),
  })
  return made.state === 'done' ? onlyOne(deps, change, made, expected) : made
}

async function update(deps: ProofDeps, change: Edit, token: Secret | null): Promise<Outcome> {
  const { objects } = deps
  const refusal = await changedMeanwhile(objects, change.actual)
  if (refusal !== null) return refused(refusal)
  let answer: Actual | null = null
  const sent = await writeOnce(deps, {
    action: 'update',
    change,
    send: async () => {
      answer = await objects.update(change, token)
      return change.actual.id
    },
    look: async () => {
      const now = await objects.byId(change.actual)
      return now !== null && changedSince(change.actual, now).length > 0 ? now.id : null
    },
  })
  return sent.state === 'done' ? taken(deps, change, answer, sent) : sent
}

/** Makes the new object before the old one goes: when the new one cannot be made, the old one works on. */
async function replace(deps: ProofDeps, change: Edit, token: Secret | null): Promise<Outcome> {
  const refusal = await changedMeanwhile(deps.objects, change.actual)
  if (refusal !== null) return refused(refusal)
  const made = await create(deps, change, token, [change.actual.id])
  if (made.state !== 'done') return made
  try {
    const gone = await remove(deps, change)
    return gone.state === 'done' ? made : stillThere(gone.reason)
  } catch (error) {
    if (error instanceof ApiFailure) return stillThere(error.message)
    throw error
  }
}

function stillThere(reason: string): Outcome {
  return { state: 'failed', reason: `the new one was created, but the old one still exists: ${reason}` }
}

async function remove(deps: ProofDeps, change: Delete | Edit): Promise<Outcome> {
  const { objects } = deps
  const { actual } = change
  const now = await objects.byId(actual)
  if (now === null) return { state: 'done', id: actual.id, note: 'it was already gone' }
  const fields = changedSince(actual, now)
  if (fields.length > 0) return refused(changedText(fields))
  const sent = await writeOnce(deps, {
    action: 'delete',
    change,
    send: async () => {
      const gone = await attempt(() => objects.remove(actual))
      if (!gone.ok && gone.failure.kind !== 'not_found') throw gone.failure
      return actual.id
    },
    look: async () => ((await objects.byId(actual)) === null ? actual.id : null),
  })
  return sent.state === 'done' ? gone(deps, actual, sent) : sent
}

async function changedMeanwhile(objects: LiveObjects, before: Actual): Promise<string | null> {
  const now = await objects.byId(before)
  if (now === null) return 'deleted since the plan'
  const fields = changedSince(before, now)
  return fields.length === 0 ? null : changedText(fields)
}

function changedText(fields: readonly string[]): string {
  return `changed since the plan: ${fields.join(', ')}`
}

function refused(reason: string): Outcome {
  return { state: 'refused', reason }
}
