import type { Attempted } from '../../access/attempt.ts'
import { isSameId } from '../../domain/notification/object-id.ts'
import { ApiFailure } from '../../errors.ts'
import type { Clock } from '../../ports/runtime.ts'
import { byAge, isOlder } from '../plan/age.ts'
import { type Create, changeAddress, type Edit, secretAfter, secretBefore } from '../plan/change.ts'
import { jobDiff } from '../plan/compare-job.ts'
import { policyDiff } from '../plan/compare-notification.ts'
import type { Actual } from '../resource/resource.ts'
import type { LiveObjects } from './apply-objects.ts'
import type { Outcome } from './apply-outcome.ts'
import type { WriteDeps } from './apply-write.ts'

/*
 * A look after each write: success is believed when it can be seen. Cloudflare may answer 200 to what it did not do,
 * and another run may make the same object at the same moment, since it does not keep names unique.
 */

export interface ProofDeps extends WriteDeps {
  readonly objects: LiveObjects
  readonly clock: Clock
  readonly signal: AbortSignal
}

type Done = Extract<Outcome, { state: 'done' }>

/** Pauses before each look: what was written may take a moment to be seen. */
const lookPausesMs = [0, 2_000, 5_000]

/**
 * Makes sure that a new object is there, and the only one of its name: of those that several runs make at once the
 * oldest stays. `expected`: ids of objects that had the name before.
 */
export async function onlyOne(
  deps: ProofDeps,
  change: Create | Edit,
  made: Done,
  expected: readonly string[],
): Promise<Outcome> {
  const address = changeAddress(change)
  const twins = async () => (await deps.objects.named(address)).filter(({ id }) => !expected.includes(id))
  const seen = await tried(() =>
    lookFor(deps, async () => {
      const found = await twins()
      const own = found.find(({ id }) => made.id !== null && isSameId(id, made.id))
      return own === undefined ? null : { own, others: found.filter((one) => one !== own) }
    }),
  )
  if (!seen.ok) return unseen(made, seen.failure)
  if (seen.value === null)
    return { state: 'failed', reason: 'Cloudflare said that it was created, but it is not there' }
  const { own, others } = seen.value
  const [other] = others
  if (other === undefined || others.every((one) => isOlder(own, one) === true)) return made
  if (others.every((one) => byAge(own, one) < 0)) {
    // Which came first is not known: the others give way, unless their runs ended without seeing this one.
    const alone = await tried(() => lookFor(deps, async () => ((await twins()).length === 1 ? made : null)))
    if (!alone.ok) return unseen(made, alone.failure)
    if (alone.value !== null) return made
  }
  const withdrawn = await tried(() => deps.objects.remove(own))
  deps.onWrite({ action: 'delete', change, id: own.id, result: withdrawn.ok ? 'done' : 'failed' })
  const twin = `another run created the same ${address.kind} (id ${other.id}) at the same moment`
  return withdrawn.ok
    ? { state: 'refused', reason: `${twin}, so this one was deleted again; run plan to compare` }
    : { state: 'failed', reason: `${twin}; delete the one with id ${own.id}: ${withdrawn.failure.message}` }
}

/** Whether an update shows: in its answer, or where that says otherwise or nothing, in another look. */
export async function taken(
  deps: ProofDeps,
  change: Edit,
  answer: Actual | null,
  done: Done,
): Promise<Outcome> {
  if (answer !== null && untaken(change, answer).length === 0) return done
  let left = untaken(change, change.actual)
  if (left.length === 0) return done
  const seen = await tried(() =>
    lookFor(deps, async () => {
      const now = await deps.objects.byId(change.actual)
      left = now === null ? [] : untaken(change, now)
      return left.length === 0 ? done : null
    }),
  )
  if (!seen.ok) return unseen(done, seen.failure)
  return (
    seen.value ?? {
      state: 'failed',
      reason: `Cloudflare said that it was changed, but did not change ${left.join(', ')}`,
    }
  )
}

/** Fields of the change, as far as they can be read back, that are not as they should be. */
function untaken(change: Edit, now: Actual): readonly string[] {
  const visible = change.fields.filter(
    ({ from, to }) => to !== secretAfter && to !== secretBefore && from !== secretBefore,
  )
  const differ = new Set(stillDiffering(change, now))
  return visible.map(({ path }) => path).filter((path) => differ.has(path))
}

function stillDiffering(change: Edit, now: Actual): readonly string[] {
  if (change.kind === 'job' && now.kind === 'job') {
    return jobDiff(change.desired.resource, now.resource).map(({ path }) => path)
  }
  if (change.kind === 'policy' && now.kind === 'policy') {
    // Mechanisms are read back by their ids here.
    return policyDiff(change.desired.resource, now.resource)
      .map(({ path }) => path)
      .filter((path) => path !== 'webhooks' && path !== 'pagerduty')
  }
  return now.resource.name === change.desired.resource.name ? [] : ['name']
}

export async function gone(deps: ProofDeps, object: Actual, done: Done): Promise<Outcome> {
  const seen = await tried(() =>
    lookFor(deps, async () => ((await deps.objects.byId(object)) === null ? done : null)),
  )
  if (!seen.ok) return unseen(done, seen.failure)
  return (
    seen.value ?? { state: 'failed', reason: 'Cloudflare said that it was deleted, but it is still there' }
  )
}

export async function lookFor<T>(
  { clock, signal }: ProofDeps,
  look: () => Promise<T | null>,
): Promise<T | null> {
  for (const pauseMs of lookPausesMs) {
    if (pauseMs > 0) await clock.sleep(pauseMs, signal)
    const found = await look()
    if (found !== null) return found
  }
  return null
}

/** Also when we were told to stop: what has been written cannot be left untold. */
async function tried<T>(run: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error
    return { ok: false, failure: error }
  }
}

/** The write was answered with success: that nobody could look does not undo it. */
function unseen(done: Done, { message }: ApiFailure): Outcome {
  return { ...done, note: done.note ?? `not looked at again: ${message}` }
}
