import { requireLogs } from '../api/access.ts'
import { type ChallengeKey, challengePath } from '../api/challenge.ts'
import { bodyOf, requiredText } from '../api/json-shape.ts'
import { type Answer, type Route, type ScopedCall, scopedRoutes } from '../api/route.ts'
import { simErrors } from '../api/sim-error.ts'
import { KeyRefused, type ObjectStore } from '../store/object-store.ts'
import { destinationProblem, needsChallenge, readDestinationConf } from '../world/destination-conf.ts'
import { destinationFailure } from '../world/happenings.ts'
import { latestPhase } from '../world/job-timeline.ts'
import { freshId } from '../world/notifications.ts'

export interface OwnershipDeps {
  readonly challenges: ChallengeKey
  readonly objectStore: ObjectStore | undefined
}

/** Ownership challenges and the checks of destinations. */
export function ownershipRoutes(deps: OwnershipDeps): Route[] {
  return [
    ...scopedRoutes('POST', '/logpush/ownership', 'request_challenge', (call) => request(deps, call)),
    ...scopedRoutes('POST', '/logpush/ownership/validate', 'validate_challenge', (call) => {
      const conf = destinationOf(call)
      const token = requiredText(bodyOf(call.body), 'ownership_challenge')
      return { result: { valid: deps.challenges.fits(token, call.scope, conf, call.nowMs) } }
    }),
    ...scopedRoutes('POST', '/logpush/validate/destination', 'validate_destination', validate),
    ...scopedRoutes('POST', '/logpush/validate/destination/exists', 'destination_exists', (call) => {
      const conf = destinationOf(call)
      const jobs = call.world.state.jobsByScope.get(call.scope.id) ?? []
      const exists = jobs.some((job) => job.deletedAtMs === null && latestPhase(job).destinationConf === conf)
      return { result: { exists } }
    }),
  ]
}

function destinationOf(call: ScopedCall): string {
  requireLogs(call, ['logs_write'], 'validating a destination')
  return requiredText(bodyOf(call.body), 'destination_conf')
}

async function request(deps: OwnershipDeps, call: ScopedCall): Promise<Answer> {
  const { world, scope, nowMs } = call
  const conf = destinationOf(call)
  const problem = destinationProblem(conf)
  const destination = readDestinationConf(conf)
  if (problem !== null || destination === null) throw simErrors.invalid(problem ?? 'invalid destination_conf')
  if (!needsChallenge(conf)) throw simErrors.invalid('this destination does not need an ownership challenge')
  if (destinationFailure(world.state, conf) !== null) throw simErrors.unreachable()
  const suffix = freshId(world.state, 'challenge').slice(0, 8)
  const filename = challengePath(destination, suffix, nowMs)
  const { scheme, host, container } = destination
  const token = deps.challenges.issue(scope, conf, nowMs)
  try {
    await deps.objectStore?.put(container, filename, `${token}\n`, { scheme, host })
  } catch (error) {
    if (!(error instanceof KeyRefused)) throw error
    throw simErrors.invalid(`error validating destination: error writing object: ${error.message}`)
  }
  return { result: { filename, message: '', valid: true } }
}

function validate(call: ScopedCall): Answer {
  const conf = destinationOf(call)
  const problem = destinationProblem(conf)
  if (problem !== null) return { result: { valid: false, message: problem } }
  if (destinationFailure(call.world.state, conf) !== null)
    return { result: { valid: false, message: 'error writing object: error uploading' } }
  return { result: { valid: true, message: '' } }
}
