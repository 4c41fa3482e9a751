import { requireLogs } from '../api/access.ts'
import { challengePath } from '../api/challenge.ts'
import { bodyOf, requiredText } from '../api/json-shape.ts'
import { type Answer, type Call, type Route, scopedRoutes } from '../api/route.ts'
import { simErrors } from '../api/sim-error.ts'
import { KeyRefused, type ObjectStore } from '../store/object-store.ts'
import { destinationProblem, needsChallenge, readDestinationConf } from '../world/destination-conf.ts'
import { destinationFailure } from '../world/happenings.ts'
import { latestPhase } from '../world/job-timeline.ts'
import { freshId } from '../world/notifications.ts'
import type { ScopeRef } from '../world/world-spec.ts'
import type { LogpushDeps } from './rest-jobs.ts'

export interface OwnershipDeps extends LogpushDeps {
  readonly objectStore: ObjectStore | undefined
}

/** Ownership challenges and the checks of destinations. */
export function ownershipRoutes(deps: OwnershipDeps): Route[] {
  return [
    ...scopedRoutes('POST', '/logpush/ownership', 'request_challenge', (call, scope) =>
      request(deps, call, scope),
    ),
    ...scopedRoutes('POST', '/logpush/ownership/validate', 'validate_challenge', (call, scope) =>
      validateChallenge(deps, call, scope),
    ),
    ...scopedRoutes('POST', '/logpush/validate/destination', 'validate_destination', (call, scope) =>
      validateDestination(deps, call, scope),
    ),
    ...scopedRoutes('POST', '/logpush/validate/destination/exists', 'destination_exists', (call, scope) => {
      const conf = destinationOf(deps, call, scope)
      const jobs = deps.world.state.jobsByScope.get(scope.id) ?? []
      const exists = jobs.some((job) => job.deletedAtMs === null && latestPhase(job).destinationConf === conf)
      return { result: { exists } }
    }),
  ]
}

function destinationOf(deps: OwnershipDeps, call: Call, scope: ScopeRef): string {
  requireLogs(deps.world, call.token, scope, ['logs_write'], 'validating a destination')
  return requiredText(bodyOf(call.body), 'destination_conf')
}

async function request(deps: OwnershipDeps, call: Call, scope: ScopeRef): Promise<Answer> {
  const conf = destinationOf(deps, call, scope)
  const problem = destinationProblem(conf)
  const destination = readDestinationConf(conf)
  if (problem !== null || destination === null) throw simErrors.invalid(problem ?? 'invalid destination_conf')
  if (!needsChallenge(conf)) throw simErrors.invalid('this destination does not need an ownership challenge')
  if (destinationFailure(deps.world.state, conf) !== null)
    throw simErrors.invalid('error validating destination: error writing object: error uploading')
  const suffix = freshId(deps.world.state, 'challenge').slice(0, 8)
  const filename = challengePath(destination, suffix, call.nowMs)
  const { scheme, host, container } = destination
  const token = deps.challenges.issue(scope, conf, call.nowMs)
  try {
    await deps.objectStore?.put(container, filename, `${token}\n`, { scheme, host })
  } catch (error) {
    if (!(error instanceof KeyRefused)) throw error
    throw simErrors.invalid(`error validating destination: error writing object: ${error.message}`)
  }
  return { result: { filename, message: '', valid: true } }
}

function validateChallenge(deps: OwnershipDeps, call: Call, scope: ScopeRef): Answer {
  const conf = destinationOf(deps, call, scope)
  const token = requiredText(bodyOf(call.body), 'ownership_challenge')
  return { result: { valid: deps.challenges.fits(token, scope, conf, call.nowMs) } }
}

function validateDestination(deps: OwnershipDeps, call: Call, scope: ScopeRef): Answer {
  const conf = destinationOf(deps, call, scope)
  const problem = destinationProblem(conf)
  if (problem !== null) return { result: { valid: false, message: problem } }
  if (destinationFailure(deps.world.state, conf) !== null)
    return { result: { valid: false, message: 'error writing object: error uploading' } }
  return { result: { valid: true, message: '' } }
}
