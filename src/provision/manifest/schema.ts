import * as z from 'zod'
import { knownDatasets } from '../../domain/dataset.ts'
import { refFile } from '../resource/reference.ts'
import { type Completeness, destinationSchema } from './destination-schema.ts'
import { anyText, flag, listOf, mapping, referable, secretly, text } from './field.ts'
import { clause, output, ownership, upload } from './job-schema.ts'

/*
 * The shape of a manifest: which keys there are, what type each has, and what it is for. What cannot be said of
 * one key alone (limits of a destination, which fields a dataset has) is checked elsewhere.
 */

const adoptPhrase = 'true, false, or { id: … }'
const adopt = z
  .union(
    [
      z.boolean({ error: adoptPhrase }),
      mapping(adoptPhrase, 'The live object to take over, whatever its name.', {
        id: z
          .union([z.number().int().positive(), z.string().regex(/^[A-Za-z0-9-]+$/)], {
            error: 'the id of a live object',
          })
          .meta({ description: 'Id of the live object.' }),
      }),
    ],
    { error: adoptPhrase },
  )
  .meta({
    description:
      'Take over a live object that is not owned: the one of this name, or with an id whichever it is. It is never replaced or deleted.',
  })
const scope = z
  .literal('account', { error: 'account' })
  .meta({ description: 'The job belongs to the account.' })
const zone = text('the name or id of a zone', `The job belongs to this zone. ${referable}`)

const zonePhrase = 'all, a list of zones, or { include: […], exclude: […] }'
const zoneList = (description: string) =>
  listOf(
    'a list of zones',
    description,
    text('the name, id or glob of a zone', `Name, id or glob. ${referable}`),
  )
const allZones = z.literal('all', { error: 'all' })
const zones = z
  .union(
    [
      allZones,
      zoneList('Zones.'),
      mapping('a mapping with include and exclude', 'Zones by name, id or glob.', {
        include: z
          .union([allZones, zoneList('Zones to take.')], { error: 'all, or a list of zones' })
          .optional()
          .meta({ description: 'Zones to take; all unless given.' }),
        exclude: zoneList('Zones to leave out.').optional(),
      }),
    ],
    { error: zonePhrase },
  )
  .meta({
    description:
      'A job of this kind in each of these zones: all, a list, or include and exclude. * and ? stand for any characters and for one.',
  })

function jobShape(completeness: Completeness) {
  return {
    scope: scope.optional(),
    zone: zone.optional(),
    zones: zones.optional(),
    dataset: text(
      'the name of a dataset',
      `Dataset to send, such as ${knownDatasets.slice(0, 3).join(', ')}.`,
    ),
    kind: z
      .literal('edge', { error: 'edge' })
      .optional()
      .meta({ description: 'edge: logs come from the edge.' }),
    enabled: flag('Whether logs are sent (default: true).').optional(),
    destination: destinationSchema(completeness),
    ownership: ownership.optional(),
    output: output.optional(),
    filter: mapping('a mapping with where', 'Which records are sent.', { where: clause }).optional(),
    filter_attack_traffic: flag('Whether to exclude attack traffic.').optional(),
    upload: upload.optional(),
    transformer_id: z
      .number({ error: 'a whole number' })
      .int({ error: 'a whole number' })
      .positive({ error: 'a whole number above 0' })
      .optional()
      .meta({ description: 'Id of the transformer to run on the logs.' }),
    transformer: text(
      'a name',
      'Name of the transformer to run on the logs; its id is looked up.',
    ).optional(),
    adopt: adopt.optional(),
  }
}

const jobName = text(
  'a name',
  `Name of the job; with an owner it starts with its prefix. \${zone}, \${zone_id}, \${account}, \${account_id} and \${dataset} are filled in.`,
)

/** A job with its defaults laid under it. */
export const jobSchema = mapping('a job', 'A Logpush job.', { name: jobName, ...jobShape('whole') })

/** What a job need not say itself, since defaults may give it. */
function partialJobShape() {
  const { dataset, destination, filter, ...rest } = jobShape('part')
  return {
    ...rest,
    dataset: dataset.optional(),
    destination: destination.optional(),
    // Before a manifest is checked, these become a destination and a filter.
    destination_conf: text('a text', `Destination as in the API and in Terraform. ${referable}`).optional(),
    filter: z.union([filter, text('a text', 'Filter as JSON, as in the API and in Terraform.')]).optional(),
  }
}

/** A job as it is written, with all that defaults may give left out. */
function writtenJobSchema() {
  return mapping('a job', 'A Logpush job.', { name: jobName, ...partialJobShape() })
}

function defaultsSchema() {
  const what = 'Defaults for every job in this file.'
  return mapping('a mapping of job fields', what, partialJobShape())
}

export const webhookSchema = mapping('a webhook', 'A webhook that Cloudflare calls.', {
  name: text('a name', 'Name of the webhook.'),
  url: text('an address', `Address that receives the notifications, on port 80 or 443. ${referable}`),
  secret: text(`a reference such as ${refFile}`, `Sent back in cf-webhook-auth. ${secretly}`).optional(),
  adopt: adopt.optional(),
})

export const policySchema = mapping('a policy', 'Whom an alert notifies.', {
  name: text('a name', 'Name of the policy.'),
  alert: text('the type of an alert', 'Type of the alert, such as failing_logpush_job_disabled_alert.'),
  enabled: flag('Whether the policy is enabled (default: true).').optional(),
  description: anyText('Description of the policy.').optional(),
  filters: z
    .record(
      z.string(),
      listOf(
        'a list of values',
        'Values.',
        z.union([text('a value', referable), z.boolean()], { error: 'a value' }),
      ),
      { error: 'a mapping of filters to lists of values' },
    )
    .optional()
    .meta({
      description:
        'What the alert is limited to, by the names that the API has for filters; zones by name or id. Left as it is unless given; {} is no filter.',
    }),
  email: listOf(
    'a list of addresses',
    'E-mail addresses to notify.',
    text('an e-mail address', referable),
  ).optional(),
  webhooks: listOf('a list of names', 'Names of webhooks.', text('a name', 'Name of a webhook.')).optional(),
  pagerduty: listOf('a list of names', 'Names of PagerDuty services.', text('a name', referable)).optional(),
  adopt: adopt.optional(),
})

export const accountSchema = mapping(
  'a mapping: { id: … } or { name: … }',
  'The account that everything in this manifest belongs to.',
  {
    id: text('an account id', `Account id: 32 hexadecimal digits. ${referable}`).optional(),
    name: text('an account name', `Account name. ${referable}`).optional(),
  },
)

export const scopeSchema = mapping('a mapping: { scope: account }, { zone: … } or { zones: … }', 'A scope.', {
  scope: scope.optional(),
  zone: zone.optional(),
  zones: zones.optional(),
})

const rules = mapping(
  'a mapping with destinations, fields or sampling',
  'What is required of every job, in all files that are given together.',
  {
    destinations: listOf(
      'a list of destinations',
      'Where logs may go: addresses in which * stands for any characters, such as s3://quay-*; with ?endpoint=… or ?account-id=… where a destination has them.',
      text('a destination such as s3://quay-logs', 'Address without secrets.'),
    ).optional(),
    fields: z
      .record(z.string(), listOf('a list of fields', 'Fields.', text('the name of a field', 'Field.')), {
        error: 'a mapping of datasets to lists of fields',
      })
      .optional()
      .meta({ description: 'Fields that jobs of a dataset must send; "*" is every dataset.' }),
    sampling: flag('Whether jobs may send a sample only (default: true).').optional(),
  },
)

function manifestShape<J extends z.ZodType>(job: J) {
  return mapping('a manifest', 'logpush-exporter manifest.', {
    version: z.literal(1, { error: '1' }).meta({ description: 'Version of this format: 1.' }),
    account: accountSchema.optional(),
    owner: text('a name', 'Objects whose names start with this and a dash are owned.').optional(),
    prune: flag(
      'Delete what is owned and not declared (default: false, it is reported as left over).',
    ).optional(),
    removed: listOf(
      'a list of names',
      'Names of objects to delete, in the scopes of the manifest.',
      text('a name', 'Name of an object to delete.'),
    ).optional(),
    policy: rules.optional(),
    scopes: listOf(
      'a list such as [{ zone: quay.example }]',
      'Scopes to manage in addition to those of the jobs, so that removed jobs are found.',
      scopeSchema,
    ).optional(),
    defaults: defaultsSchema().optional(),
    jobs: listOf('a list of jobs', 'Logpush jobs.', job).optional(),
    notifications: mapping('a mapping with webhooks and policies', 'Webhooks and policies of the account.', {
      webhooks: listOf('a list of webhooks', 'Webhooks.', webhookSchema).optional(),
      policies: listOf('a list of policies', 'Notification policies.', policySchema).optional(),
    }).optional(),
  })
}

/** Checks a manifest whose defaults have been laid under its jobs. */
export const manifestSchema = manifestShape(jobSchema)

export type ManifestValue = z.output<typeof manifestSchema>
export type JobValue = z.output<typeof jobSchema>
export type WebhookValue = z.output<typeof webhookSchema>
export type ZonesValue = z.output<typeof zones>
export type ScopeValue = z.output<typeof scopeSchema>
export type RulesValue = z.output<typeof rules>
export type PolicyValue = z.output<typeof policySchema>

/** The manifest as JSON Schema, for editors: as it is written, so what defaults may give is not required. */
export function manifestJsonSchema(): object {
  const schema = z.toJSONSchema(manifestShape(writtenJobSchema()), { io: 'input' })
  return { ...schema, title: 'logpush-exporter manifest', patternProperties: { '^x-': {} } }
}
