import * as z from 'zod/mini'
import type { JobId } from '../../domain/job/job.ts'
import { ApiFailure } from '../../errors.ts'
import type { JobsApi, JobWrite } from '../../ports/cloudflare.ts'
import { nothing, optionalText, plainText } from '../fields.ts'
import { itemsOf, nullableItemsOf } from '../item-list.ts'
import { redact } from '../redact.ts'
import { jobBody, jobRecord } from './job-record.ts'
import type { Rest } from './rest.ts'
import { open, scopeParam } from './sdk.ts'

const validity = z.object({ valid: z.boolean(), message: plainText })
/** What cannot be guessed: a job that is taken for disabled, or for another dataset's, would be a false report. */
const jobList = itemsOf(jobRecord, ['id', 'enabled', 'dataset'])

const transformers = nullableItemsOf(z.object({ id: z.int(), name: plainText, dataset: optionalText }), [
  'id',
  'name',
])

const fieldDescriptions = z.record(z.string(), z.unknown())

export function createJobsApi(rest: Rest): JobsApi {
  return {
    listJobs: (scope, options) =>
      rest({ operation: 'list_jobs' }, options, jobList, (sdk) => sdk.logpush.jobs.list(scopeParam(scope))),
    async getJob(scope, id, options) {
      const number = jobNumber(id)
      const result = await rest({ operation: 'get_job' }, options, z.nullable(jobRecord), (sdk) =>
        sdk.logpush.jobs.get(number, scopeParam(scope)),
      )
      if (result !== null) return result
      throw new ApiFailure('not_found', 'cannot get a job: there is none of this id', {
        operation: 'get a job',
      })
    },
    async createJob(scope, body, options) {
      const call = { operation: 'create_job', secrets: secretsOf(body) } as const
      return rest(call, options, jobRecord, (sdk) =>
        sdk.logpush.jobs.create(open({ ...scopeParam(scope), ...jobBody(body) })),
      )
    },
    async updateJob(scope, id, body, options) {
      const number = jobNumber(id)
      const call = { operation: 'update_job', secrets: secretsOf(body) } as const
      return rest(call, options, jobRecord, (sdk) =>
        sdk.logpush.jobs.update(number, open({ ...scopeParam(scope), ...jobBody(body) })),
      )
    },
    async deleteJob(scope, id, options) {
      const number = jobNumber(id)
      return rest({ operation: 'delete_job' }, options, nothing, (sdk) =>
        sdk.logpush.jobs.delete(number, scopeParam(scope)),
      )
    },
    async datasetFields(scope, dataset, options) {
      const call = { operation: 'list_dataset_fields' } as const
      const result = await rest(call, options, fieldDescriptions, (sdk) =>
        sdk.logpush.datasets.fields.get(open(dataset), scopeParam(scope)),
      )
      return new Map(
        Object.entries(result).map(([name, text]) => [name, typeof text === 'string' ? text : '']),
      )
    },
    async validateDestination(scope, destinationConf, options) {
      const secrets = [destinationConf]
      const call = { operation: 'validate_destination', secrets } as const
      const result = await rest(call, options, validity, (sdk) =>
        sdk.logpush.validate.destination({
          ...scopeParam(scope),
          destination_conf: destinationConf.reveal(),
        }),
      )
      return { valid: result.valid, message: redact(result.message, secrets) }
    },
    listTransformers: (accountId, options) =>
      rest({ operation: 'list_transformers' }, options, transformers, (sdk) =>
        sdk.logpush.transformers.list({ account_id: accountId }),
      ),
  }
}

/** The SDK takes ids as numbers. One that a number cannot hold would hit another job. */
function jobNumber(id: JobId): number {
  const number = Number(id)
  if (/^\d+$/.test(id) && Number.isSafeInteger(number)) return number
  throw new ApiFailure('invalid_request', 'a job id must be a whole number', { operation: 'address a job' })
}

function secretsOf(body: JobWrite) {
  return [body.destinationConf, body.ownershipChallenge].filter((secret) => secret !== undefined)
}
