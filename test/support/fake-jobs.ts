import { createHash } from 'node:crypto'
import { parseDestination } from '../../src/domain/destination/destination.ts'
import { needsChallenge } from '../../src/domain/destination/limits.ts'
import type { JobRecord } from '../../src/domain/job/job.ts'
import { scopeKey } from '../../src/domain/scope.ts'
import { Secret } from '../../src/domain/secret.ts'
import type { JobsApi, JobWrite, OwnershipApi, ScopeRef, Transformer } from '../../src/ports/cloudflare.ts'
import { type FakeCore, refuse, Shelf } from './fake-core.ts'

export const emptyJob: Omit<JobRecord, 'id' | 'destinationConf'> = {
  name: null,
  dataset: 'http_requests',
  kind: '',
  enabled: false,
  lastComplete: null,
  lastError: null,
  errorMessage: null,
  filter: null,
  filterAttackTraffic: null,
  frequency: null,
  logpullOptions: null,
  outputOptions: null,
  maxUploadBytes: null,
  maxUploadRecords: null,
  maxUploadIntervalSeconds: null,
  transformerId: null,
}

export interface FakeJobs {
  readonly shelf: Shelf<JobRecord>
  readonly api: JobsApi
  readonly ownership: OwnershipApi
  /** Challenge files written so far: name → token. */
  readonly challengeFiles: Map<string, Secret>
  /** Destinations that `validateDestination` refuses: conf → message. */
  readonly badDestinations: Map<string, string>
}

/** `datasets`: field names by dataset; a dataset that is not named is not found. */
export function createFakeJobs(
  core: FakeCore,
  datasets: Readonly<Record<string, readonly string[]>>,
  transformers: readonly Transformer[],
): FakeJobs {
  const jobs = new Shelf<JobRecord>()
  const challengeFiles = new Map<string, Secret>()
  const badDestinations = new Map<string, string>()

  function jobOf(operation: string, scope: ScopeRef, id: string): JobRecord {
    return jobs.of(scopeKey(scope)).get(id) ?? refuse(operation, 404, `job ${id} not found`)
  }

  const tokenFor = (scope: ScopeRef, conf: Secret) =>
    createHash('sha256')
      .update(`${scopeKey(scope)} ${conf.reveal()}`)
      .digest('hex')

  function checkChallenge(operation: string, scope: ScopeRef, conf: Secret, given: Secret | undefined): void {
    if (!needsChallenge(parseDestination(conf.reveal()))) return
    if (given?.reveal() !== tokenFor(scope, conf))
      refuse(operation, 400, 'incorrect ownership challenge (1002)')
  }

  function written(before: Omit<JobRecord, 'id'>, body: JobWrite): Omit<JobRecord, 'id'> {
    return {
      ...before,
      ...(body.name === undefined ? {} : { name: body.name }),
      ...(body.enabled === undefined ? {} : { enabled: body.enabled }),
      ...(body.destinationConf === undefined ? {} : { destinationConf: body.destinationConf }),
      ...(body.filter === undefined ? {} : { filter: body.filter === '' ? null : body.filter }),
      ...(body.filterAttackTraffic === undefined ? {} : { filterAttackTraffic: body.filterAttackTraffic }),
      ...(body.outputOptions === undefined ? {} : { outputOptions: body.outputOptions }),
      ...(body.maxUploadBytes === undefined ? {} : { maxUploadBytes: body.maxUploadBytes || null }),
      ...(body.maxUploadRecords === undefined ? {} : { maxUploadRecords: body.maxUploadRecords || null }),
      ...(body.maxUploadIntervalSeconds === undefined
        ? {}
        : { maxUploadIntervalSeconds: body.maxUploadIntervalSeconds || null }),
      ...(body.transformerId === undefined ? {} : { transformerId: body.transformerId }),
    }
  }

  const jobsApi: JobsApi = {
    listTransformers: (account) =>
      core.read('list transformers', account, () => ({ items: transformers, unreadable: [] })),
    listJobs: (scope) =>
      core.read('list jobs', scopeKey(scope), () => ({
        items: [...jobs.of(scopeKey(scope)).values()],
        unreadable: [],
      })),
    getJob: (scope, id) => core.read('get job', scopeKey(scope), () => jobOf('get job', scope, id)),
    createJob: (scope, body) =>
      core.write('create job', scopeKey(scope), body, () => {
        const conf = body.destinationConf ?? refuse('create job', 400, 'destination_conf is required')
        checkChallenge('create job', scope, conf, body.ownershipChallenge)
        const start = { ...emptyJob, dataset: body.dataset ?? 'http_requests', kind: body.kind ?? '' }
        const job = { ...written({ ...start, destinationConf: conf }, body), id: core.nextNumber() }
        jobs.of(scopeKey(scope)).set(job.id, job)
        return job
      }),
    updateJob: (scope, id, body) =>
      core.write('update job', scopeKey(scope), body, () => {
        const before = jobOf('update job', scope, id)
        if (body.dataset !== undefined || body.kind !== undefined)
          refuse('update job', 400, 'immutable field')
        if (body.destinationConf !== undefined && !body.destinationConf.equals(before.destinationConf)) {
          checkChallenge('update job', scope, body.destinationConf, body.ownershipChallenge)
        }
        const job = { ...written(before, body), id }
        jobs.of(scopeKey(scope)).set(id, job)
        return job
      }),
    deleteJob: (scope, id) =>
      core.write('delete job', scopeKey(scope), { id }, () => {
        jobOf('delete job', scope, id)
        jobs.of(scopeKey(scope)).delete(id)
      }),
    datasetFields: (scope, dataset) =>
      core.read('list fields', `${scopeKey(scope)} ${dataset}`, () => {
        const names = datasets[dataset] ?? refuse('list fields', 404, `no dataset ${dataset}`)
        return new Map(names.map((name) => [name, `about ${name}`]))
      }),
    validateDestination: (scope, conf) =>
      core.read('validate destination', scopeKey(scope), () => {
        const message = badDestinations.get(conf.reveal())
        return { valid: message === undefined, message: message ?? '' }
      }),
  }

  const ownership: OwnershipApi = {
    requestChallenge: (scope, conf) =>
      core.write('request challenge', scopeKey(scope), { conf: conf.reveal() }, () => {
        const filename = `ownership-challenge-${core.nextId().slice(0, 8)}.txt`
        challengeFiles.set(filename, new Secret(tokenFor(scope, conf)))
        return { filename, valid: true, message: '' }
      }),
    validateChallenge: (scope, conf, token) =>
      core.read('validate challenge', scopeKey(scope), () => ({
        valid: token.reveal() === tokenFor(scope, conf),
      })),
  }

  return { shelf: jobs, api: jobsApi, ownership, challengeFiles, badDestinations }
}
