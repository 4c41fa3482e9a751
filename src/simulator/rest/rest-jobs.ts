import { requireLogs } from '../api/access.ts'
import type { ChallengeKey } from '../api/challenge.ts'
import { bodyOf, booleanField, type JsonRecord, requiredText, textField } from '../api/json-shape.ts'
import { type Answer, type Route, type ScopedCall, scopedRoutes } from '../api/route.ts'
import { simErrors } from '../api/sim-error.ts'
import { datasetFields, isZeroTrust } from '../world/datasets.ts'
import { destinationProblem, needsChallenge } from '../world/destination-conf.ts'
import { actOn, changeDestination, destinationFailure, foresee } from '../world/happenings.ts'
import { type JobTimeline, latestPhase } from '../world/job-timeline.ts'
import { addTimeline, type WorldState } from '../world/world-state.ts'
import { jobObject } from './job-object.ts'
import { jobFieldsOf, newDataset, newKind } from './job-write.ts'
import { requireTransformer } from './rest-transformers.ts'

/** Logpush jobs and dataset fields, for zones and accounts. */
export function jobRoutes(challenges: ChallengeKey): Route[] {
  const job = '/logpush/jobs/:jobId'
  return [
    ...scopedRoutes('GET', '/logpush/jobs', 'list_jobs', list),
    ...scopedRoutes('POST', '/logpush/jobs', 'create_job', (call) => create(challenges, call)),
    ...scopedRoutes('GET', job, 'get_job', (call) => show(call, find(call))),
    ...scopedRoutes('PUT', job, 'update_job', (call) => update(challenges, call)),
    ...scopedRoutes('DELETE', job, 'delete_job', remove),
    ...scopedRoutes('GET', '/logpush/datasets/:dataset/jobs', 'list_jobs', list),
    ...scopedRoutes('GET', '/logpush/datasets/:dataset/fields', 'dataset_fields', fields),
  ]
}

function liveJobs({ world, scope }: ScopedCall): JobTimeline[] {
  return (world.state.jobsByScope.get(scope.id) ?? []).filter(({ deletedAtMs }) => deletedAtMs === null)
}

function list(call: ScopedCall): Answer {
  const { world, scope } = call
  const { dataset } = call.params
  requireLogs(call, ['logs_write'], `reading jobs for ${scope.kind} ${scope.id}`)
  const jobs = liveJobs(call).filter((job) => dataset === undefined || job.fields.dataset === dataset)
  for (const job of jobs) requirePii(call, job.fields.dataset)
  return { result: jobs.map((job) => jobObject(world.state, job, call.nowMs)) }
}

/** Jobs with personal data cannot even be looked at without the Zero Trust permission. */
function requirePii(call: ScopedCall, dataset: unknown): void {
  if (isZeroTrust(String(dataset))) requireLogs(call, ['pii_read'], `reading job for product '${dataset}'`)
}

function find(call: ScopedCall): JobTimeline {
  requireLogs(call, ['logs_write'], `reading job ${call.params.jobId}`)
  const job = liveJobs(call).find(({ id }) => String(id) === call.params.jobId)
  if (job === undefined) throw simErrors.notFound('job not found')
  requirePii(call, job.fields.dataset)
  return job
}

function show({ world, nowMs }: ScopedCall, job: JobTimeline): Answer {
  return { result: jobObject(world.state, job, nowMs) }
}

function fields(call: ScopedCall): Answer {
  const { scope } = call
  requireLogs(call, ['logs_write', 'logs_read'], 'reading dataset fields')
  const dataset = call.params.dataset ?? ''
  const names = datasetFields(dataset, scope.kind)
  if (names === null) throw simErrors.invalid(`dataset ${dataset} is not available for ${scope.kind}s`)
  return { result: Object.fromEntries(names.map((name) => [name, `string; ${name} of the event.`])) }
}

function create(challenges: ChallengeKey, call: ScopedCall): Answer {
  const { scope } = call
  const { state } = call.world
  const body = bodyOf(call.body)
  const dataset = newDataset(body, scope)
  const refused = `creating a new job (for ${dataset} dataset)`
  requireLogs(call, ['logs_write'], refused)
  requirePii(call, dataset)
  const kind = newKind(body, dataset, scope)
  const conf = requiredText(body, 'destination_conf')
  const given = jobFieldsOf(body, dataset, scope)
  requireTransformer(state, scope, { ...given, dataset })
  const owner = scope.kind === 'account' ? state.accounts.get(scope.id) : state.zones.get(scope.id)
  if (owner?.maxJobs !== undefined && liveJobs(call).length >= owner.maxJobs)
    throw simErrors.notAllowed(`${refused} is not allowed: exceeded max jobs allowed`)
  checkDestination(challenges, call, body, conf)
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
  return { ...show(call, job), status: 201 }
}

function checkDestination(
  challenges: ChallengeKey,
  { world, scope, nowMs }: ScopedCall,
  body: JsonRecord,
  conf: string,
): void {
  const problem = destinationProblem(conf)
  if (problem !== null) throw simErrors.invalid(problem)
  if (needsChallenge(conf)) {
    const token = textField(body, 'ownership_challenge')
    if (token === undefined) throw simErrors.invalid('ownership challenge is required for this destination')
    if (!challenges.fits(token, scope, conf, nowMs))
      throw simErrors.invalid('ownership challenge does not match the destination or has expired')
  }
  if (destinationFailure(world.state, conf) !== null) throw simErrors.unreachable()
}

/** Every update writes to the destination again, one of `enabled` alone too. */
function checkReachable(state: WorldState, job: JobTimeline): void {
  const { destinationConf, scenario } = latestPhase(job)
  if (scenario.kind === 'dead' || destinationFailure(state, destinationConf) !== null)
    throw simErrors.unreachable()
}

function update(challenges: ChallengeKey, call: ScopedCall): Answer {
  const { state } = call.world
  const job = find(call)
  const body = bodyOf(call.body)
  for (const name of ['dataset', 'kind']) {
    if (body[name] !== undefined && body[name] !== job.fields[name])
      throw simErrors.invalid(`${name} of a job cannot be changed`)
  }
  const given = jobFieldsOf(body, String(job.fields.dataset), call.scope)
  requireTransformer(state, call.scope, { ...given, dataset: job.fields.dataset })
  const enabled = booleanField(body, 'enabled')
  const conf = textField(body, 'destination_conf')
  const before = latestPhase(job)
  if (conf !== undefined && conf !== before.destinationConf) {
    checkDestination(challenges, call, body, conf)
    changeDestination(state, job, call.nowMs, conf)
  } else checkReachable(state, job)
  job.fields = { ...job.fields, ...given }
  if (enabled !== undefined && enabled !== before.enabled)
    actOn(state, job, call.nowMs, { kind: enabled ? 'enable' : 'disable' })
  state.audit.record(job, { atMs: call.nowMs, type: 'update', token: call.token, request: body })
  return show(call, job)
}

function remove(call: ScopedCall): Answer {
  const job = find(call)
  const { state } = call.world
  actOn(state, job, call.nowMs, { kind: 'delete' })
  state.audit.record(job, { atMs: call.nowMs, type: 'delete', token: call.token, request: null })
  return { result: { id: job.id } }
}
