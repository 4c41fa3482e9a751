import { parseDestination } from '../../domain/destination/destination.ts'
import { needsChallenge } from '../../domain/destination/limits.ts'
import { filterText } from '../apply/job-body.ts'
import { type OutputOptionName, outputDefaults, outputOptionNames } from '../resource/output-form.ts'
import type { JobResource } from '../resource/resource.ts'
import { type HclAttribute, type HclBlock, hclText } from './hcl-text.ts'
import { createPlaceholders, objectTitle, type Placeholders } from './placeholders.ts'
import type { Exported, Portable, PortableJob } from './portable.ts'
import { createLabels, importBlock, type Labels } from './terraform-block.ts'
import { destinationExpression } from './terraform-destination.ts'
import { policyBlocks, webhookBlocks } from './terraform-notifications.ts'

/*
 * Objects as Terraform configuration for version 5 of Cloudflare's provider. What is live comes with an import
 * block; what has to prove that its destination is ours and is not live yet, with an ownership challenge.
 */

const jobType = 'cloudflare_logpush_job'
const challengeType = 'cloudflare_logpush_ownership_challenge'

const provider: HclBlock = {
  head: 'terraform',
  attributes: [],
  blocks: [
    {
      head: 'required_providers',
      attributes: [
        [
          'cloudflare',
          {
            object: [
              ['source', 'cloudflare/cloudflare'],
              ['version', '~> 5.0'],
            ],
          },
        ],
      ],
    },
  ],
}

export function exportTerraform(portable: Portable): Exported {
  const names = createPlaceholders()
  const labels = createLabels()
  const notes = [...portable.notes]
  const objects = [
    ...portable.webhooks.flatMap((webhook) => webhookBlocks(webhook, labels, names, notes)),
    ...portable.jobs.flatMap((job) => jobBlocks(job, labels, names, notes)),
    ...portable.policies.flatMap((policy) => policyBlocks(policy, portable, labels, names, notes)),
  ]
  const variables = names.variables
  const declared = variables.map(({ name, what }): HclBlock => {
    const description: HclAttribute = ['description', what]
    return {
      head: `variable "${name.toLowerCase()}"`,
      attributes: [description, ['type', { code: 'string' }], ['sensitive', true]],
    }
  })
  const comment = notes.map((note) => `# ${note.replace(/[\r\n\u0085\u2028\u2029]+/g, ' ')}\n`).join('')
  return {
    text: `${comment === '' ? '' : `${comment}\n`}${hclText([provider, ...declared, ...objects])}`,
    variables: variables.map((variable) => ({ ...variable, name: `TF_VAR_${variable.name.toLowerCase()}` })),
    notes,
  }
}

function jobBlocks(
  job: PortableJob,
  labels: Labels,
  names: Placeholders,
  notes: string[],
): readonly HclBlock[] {
  const { resource, id } = job
  const { scope, name } = resource
  const label = labels.of(resource)
  const destination = destinationExpression(resource, (field, secret) =>
    names.nameOf(resource, field, secret).toLowerCase(),
  )
  const home: HclAttribute = scope.kind === 'zone' ? ['zone_id', scope.id] : ['account_id', scope.id]
  const challenge = id === null && needsChallenge(parseDestination(resource.destinationConf.reveal()))
  const token = challenge ? `var.${names.nameOf(resource, 'ownership_challenge', null).toLowerCase()}` : null
  const { bytes, records, intervalSeconds } = resource.upload
  const upload: readonly HclAttribute[] = [
    ['max_upload_bytes', bytes],
    ['max_upload_interval_seconds', intervalSeconds],
    ['max_upload_records', records],
  ]
  const output = job.outputOfLogpull ? [] : outputAttributes(resource)
  const filter = job.filterText || (resource.filter === null ? null : filterText(resource.filter))
  const optional = (name: string, value: string | null): readonly HclAttribute[] =>
    value === null || value === '' ? [] : [[name, value]]
  notes.push(
    ...unsaid(resource).map((what) => `${objectTitle(resource)}: the provider does not support ${what}.`),
  )
  const attributes: readonly HclAttribute[] = [
    home,
    ...optional('name', name),
    ['dataset', resource.dataset],
    ...optional('kind', resource.jobKind),
    ['enabled', resource.enabled],
    ['destination_conf', destination],
    ...(token === null ? [] : [['ownership_challenge', { code: token }] as const]),
    ...optional('filter', filter),
    ...optional('frequency', job.frequency),
    ...optional('logpull_options', job.logpullOptions),
    ...upload.filter(([, value]) => value !== 0),
    ...(output.length === 0 ? [] : [['output_options', { object: output }] as const]),
  ]
  return [
    ...(challenge
      ? [
          {
            head: `resource "${challengeType}" "${label}"`,
            attributes: [home, ['destination_conf', destination]],
          } as const,
        ]
      : []),
    { head: `resource "${jobType}" "${label}"`, attributes },
    ...importBlock(jobType, label, id && `${scope.kind}s/${scope.id}/${id}`),
  ]
}

/** What version 5 of the provider has no attribute for (October 2026). */
function unsaid({ filterAttackTraffic, transformerId, output }: JobResource): readonly string[] {
  return [
    ...(filterAttackTraffic ? ['filter_attack_traffic'] : []),
    ...(transformerId === null ? [] : ['transformer_id']),
    ...(output.options.stringify_object === true ? ['stringify_object'] : []),
    ...Object.keys(output.unknown),
  ]
}

/** The provider fills in the defaults of ndjson, whatever the type. */
const providerDefaults = outputDefaults('ndjson')

function outputAttributes({ output: { fieldNames, options } }: JobResource): readonly HclAttribute[] {
  const defaults = outputDefaults(options.output_type)
  const isSaid = (name: OutputOptionName) =>
    options[name] !== providerDefaults[name] || options[name] !== defaults[name]
  const said = outputOptionNames
    .filter((name) => name !== 'stringify_object' && isSaid(name))
    .map((name): HclAttribute => [name.toLowerCase().replaceAll('-', '_'), options[name]])
  return [...(Array.isArray(fieldNames) ? [['field_names', fieldNames] as const] : []), ...said]
}
