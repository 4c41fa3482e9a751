import { requireLogs } from '../api/access.ts'
import type { ChallengeKey } from '../api/challenge.ts'
import { bodyOf, booleanField, type JsonRecord, requiredText, textField } from '../api/json-shape.ts'
import { type Answer, type Call, type Route, scopedRoutes } from '../api/route.ts'
import { simErrors } from '../api/sim-error.ts'
import { datasetFields, isZeroTrust } from '../world/datasets.ts'
import { destinationProblem, needsChallenge } from '../world/destination-conf.ts'
import { actOn, changeDestination, destinationFailure, foresee } from '../world/happenings.ts'
import { type JobTimeline, latestPhase } from '../world/job-timeline.ts'
import type { World } from '../world/world.ts'
import type { ScopeRef } from '../world/world-spec.ts'
import { addTimeline, type WorldState } from '../world/world-state.ts'
import { jobObject } from './job-object.ts'
import { jobFieldsOf, newDataset, newKind } from './job-write.ts'

export interface LogpushDeps {
  readonly world: World
  readonly challenges: ChallengeKey
}

/** Logpush jobs and dataset fields, for zones and accounts. */
export function jobRoutes(deps: LogpushDeps): Route[] {
  const job = '/logpush/jobs/:jobId'
  return [
    ...scopedRoutes('GET', '/logpush/jobs', 'list_jobs', (call, scope) => list(deps.world, call, scope)),
    ...scopedRoutes('POST', '/logpush/jobs', 'create_job', (call, scope) => create(deps, call, scope)),
    ...scopedRoutes('GET', job, 'get_job', (call, scope) =>
      show(deps.world, call, find(deps.world, call, scope)),
    ),
    ...scopedRoutes('PUT', job, 'update_job', (call, scope) => update(deps, call, scope)),
    ...scopedRoutes('DELETE', job, 'delete_job', (call, scope) => remove(deps, call, scope)),
    ...scopedRoutes('GET', '/logpush/datasets/:dataset/jobs', 'list_jobs', (call, scope) =>
      list(deps.world, call, scope, call.params.dataset),
    ),
    ...scopedRoutes('GET', '/logpush/datasets/:dataset/fields', 'dataset_fields', (call, scope) =>
      fields(deps.world, call, scope),
    ),
  ]
}

function liveJobs(world: World, scope: ScopeRef): JobTimeline[] {
  return (world.state.jobsByScope.get(scope.id) ?? []).filter(({ deletedAtMs }) => deletedAtMs === null)
}

function list(world: World, call: Call, scope: ScopeRef, dataset?: string): Answer {
  requireLogs(world, call.token, scope, ['logs_write'], `reading jobs for ${scope.kind} ${scope.id}`)
  const jobs = liveJobs(world, scope).filter((job) => dataset === undefined || job.fields.dataset === dataset)
  for (const job of jobs) requirePii(world, call, job)
  return { result: jobs.map((job) => jobObject(world.state, job, call.nowMs)) }
}

/** Jobs with personal data cannot even be looked at without the Zero Trust permission. */
function requirePii(
  world: World,
  call: Call,
  job: { readonly scope: ScopeRef; readonly fields: JsonRecord },
): void {
  const dataset = String(job.fields.dataset)
  if (!isZeroTrust(dataset)) return
  const what = `reading job for product '${dataset}'`
  requireLogs(world, call.token, job.scope, ['pii_read'], what)
}

function find(world: World, call: Call, scope: ScopeRef): JobTimeline {
  requireLogs(world, call.token, scope, ['logs_write'], `reading job ${call.params.jobId}`)
  const job = liveJobs(world, scope).find(({ id }) => String(id) === call.params.jobId)
  if (job === undefined) throw simErrors.notFound('job not found')
  requirePii(world, call, job)
  return job
}

function show(world: World, call: Call, job: JobTimeline): Answer {
  return { result: jobObject(world.state, job, call.nowMs) }
}

function fields(world: World, call: Call, scope: ScopeRef): Answer {
  requireLogs(world, call.token, scope, ['logs_write', 'logs_read'], 'reading dataset fields')
  const dataset = call.params.dataset ?? ''
  const names = datasetFields(dataset, scope.kind)
  if (names === null) throw simErrors.invalid(`dataset ${dataset} is not available for ${scope.kind}s`)
  return { result: Object.fromEntries(names.map((name) => [name, `string; ${name} of the event.`])) }
}

function create(deps: LogpushDeps, call: Call, scope: ScopeRef): Answer {
  const { state } = deps.world
  const body = bodyOf(call.body)
  const dataset = newDataset(body, scope)
  const refused = `creating a new job (for ${dataset} dataset)`
  requireLogs(deps.world, call.token, scope, ['logs_write'], refused)
  requirePii(deps.world, call, { scope, fields: { dataset } })
  const kind = newKind(body, dataset, scope)
  const conf = requiredText(body, 'destination_conf')
  const given = jobFieldsOf(body, dataset, scope)
  const owner = scope.kind === 'account' ? state.accounts.get(scope.id) : state.zones.get(scope.id)
  if (owner?.maxJobs !== undefined && liveJobs(deps.world, scope).length >= owner.maxJobs)
    throw simErrors.notAllowed(`${refused} is not allowed: exceeded max jobs allowed`)
  checkDestination(deps, call, scope, body, conf)
  const job = addTimeline(state, {
    id: state.nextJobId,
    scope,
    name: textField(body, 'name') ?? '',
    dataset,
    kind,
    destinationConf: conf,
    enabled: booleanField(body, 'enabled') ?? false,
    createdMs: call.nowMs - state.startMs,
    fields: given,
  })
  foresee(state, job)
  state.audit.record(job, { atMs: call.nowMs, type: 'create', token: call.token, request: body })
  return { status: 201, result: jobObject(state, job, call.nowMs) }
}

function checkDestination(
  deps: LogpushDeps,
  call: Call,
  scope: ScopeRef,
  body: JsonRecord,
  conf: string,
): void {
  const problem = destinationProblem(conf)
  if (problem !== null) throw simErrors.invalid(problem)
  if (needsChallenge(conf)) {
    const token = textField(body, 'ownership_challenge')
    if (token === undefined) throw simErrors.invalid('ownership challenge is required for this destination')
    if (!deps.challenges.fits(token, scope, conf, call.nowMs))
      throw simErrors.invalid('ownership challenge does not match the destination or has expired')
  }
  if (destinationFailure(deps.world.state, conf) !== null) throw unreachable()
}

const unreachable = () =>
  simErrors.invalid('error validating destination: error writing object: error uploading')

/** Every update writes to the destination again, one of `enabled` alone too. */
function checkReachable(state: WorldState, job: JobTimeline): void {
  const { destinationConf, scenario } = latestPhase(job)
  if (scenario.kind === 'dead' || destinationFailure(state, destinationConf) !== null) throw unreachable()
}

function update(deps: LogpushDeps, call: Call, scope: ScopeRef): Answer {
  const { state } = deps.world
  const job = find(deps.world, call, scope)
  const body = bodyOf(call.body)
  for (const name of ['dataset', 'kind']) {
    if (body[name] !== undefined && body[name] !== job.fields[name])
      throw simErrors.invalid(`${name} of a job cannot be changed`)
  }
  const given = jobFieldsOf(body, String(job.fields.dataset), scope)
  const enabled = booleanField(body, 'enabled')
  const conf = textField(body, 'destination_conf')
  const before = latestPhase(job)
  if (conf !== undefined && conf !== before.destinationConf) {
    checkDestination(deps, call, scope, body, conf)
    changeDestination(state, job, call.nowMs, conf)
  } else checkReachable(state, job)
  job.fields = { ...job.fields, ...given }
  if (enabled !== undefined && enabled !== before.enabled)
    actOn(state, job, call.nowMs, { kind: enabled ? 'enable' : 'disable' })
  state.audit.record(job, { atMs: call.nowMs, type: 'update', token: call.token, request: body })
  return show(deps.world, call, job)
}

function remove(deps: LogpushDeps, call: Call, scope: ScopeRef): Answer {
  const job = find(deps.world, call, scope)
  const { state } = deps.world
  actOn(state, job, call.nowMs, { kind: 'delete' })
  state.audit.record(job, { atMs: call.nowMs, type: 'delete', token: call.token, request: null })
  return { result: { id: job.id } }
}
