import { parseDestination } from '../../domain/destination/destination.ts'
import { needsChallenge } from '../../domain/destination/limits.ts'
import { holding } from '../../domain/holding.ts'
import { filterText } from '../apply/job-body.ts'
import { type OutputOptionName, outputDefaults, outputOptionNames } from '../resource/output-form.ts'
import type { JobResource } from '../resource/resource.ts'
import { type HclAttribute, type HclBlock, hclText } from './hcl-text.ts'
import { createPlaceholders, objectTitle } from './placeholders.ts'
import type { Exported, Portable, PortableJob } from './portable.ts'
import { createLabels, resourceBlocks, type TerraformFile, variableOf } from './terraform-block.ts'
import { destinationExpression } from './terraform-destination.ts'
import { policyBlocks, webhookBlocks } from './terraform-notifications.ts'
import { terraformTypes } from './terraform-resources.ts'

/*
 * Objects as Terraform configuration for version 5 of Cloudflare's provider. What is live comes with an import
 * block; what has to prove that its destination is ours and is not live yet, with an ownership challenge.
 */

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
  const notes = [...portable.notes]
  const file = { names: createPlaceholders(), labels: createLabels(), notes }
  const objects = [
    ...portable.webhooks.flatMap((webhook) => webhookBlocks(webhook, file)),
    ...portable.jobs.flatMap((job) => jobBlocks(job, file)),
    ...portable.policies.flatMap((policy) => policyBlocks(policy, portable, file)),
  ]
  const { variables } = file.names
  const declared = variables.map(
    ({ name, what }): HclBlock => ({
      head: `variable "${name.toLowerCase()}"`,
      attributes: [
        ['description', what],
        ['type', { code: 'string' }],
        ['sensitive', true],
      ],
    }),
  )
  const comment = notes.map((note) => `# ${note.replace(/[\r\n\u0085\u2028\u2029]+/g, ' ')}\n`).join('')
  return {
    text: `${comment === '' ? '' : `${comment}\n`}${hclText([provider, ...declared, ...objects])}`,
    variables: variables.map((variable) => ({ ...variable, name: `TF_VAR_${variable.name.toLowerCase()}` })),
    notes,
  }
}

function jobBlocks(job: PortableJob, file: TerraformFile): readonly HclBlock[] {
  const { resource, id } = job
  const { scope, upload } = resource
  const label = file.labels.of(resource)
  const destination = destinationExpression(resource, (field, secret) =>
    variableOf(file, resource, field, secret),
  )
  const home: HclAttribute = scope.kind === 'zone' ? ['zone_id', scope.id] : ['account_id', scope.id]
  const isChallenged = id === null && needsChallenge(parseDestination(resource.destinationConf.reveal()))
  const token = isChallenged ? variableOf(file, resource, 'ownership_challenge', null) : null
  const output = job.outputOfLogpull ? [] : outputAttributes(resource)
  file.notes.push(
    ...unsaid(resource).map((what) => `${objectTitle(resource)}: the provider does not support ${what}.`),
  )
  const attributes: readonly HclAttribute[] = [
    home,
    ['name', resource.name || null],
    ['dataset', resource.dataset],
    ['kind', resource.jobKind || null],
    ['enabled', resource.enabled],
    ['destination_conf', destination],
    ['ownership_challenge', token && { code: `var.${token}` }],
    ['filter', job.filterText || filterText(resource.filter) || null],
    ['frequency', job.frequency || null],
    ['logpull_options', job.logpullOptions || null],
    ['max_upload_bytes', upload.bytes || null],
    ['max_upload_interval_seconds', upload.intervalSeconds || null],
    ['max_upload_records', upload.records || null],
    ['output_options', output.length === 0 ? null : { object: output }],
  ]
  const { challenge, job: type } = terraformTypes
  const proved: readonly HclAttribute[] = [home, ['destination_conf', destination]]
  return [
    ...(isChallenged ? resourceBlocks(challenge, label, proved, null) : []),
    ...resourceBlocks(type, label, attributes, id && `${scope.kind}s/${scope.id}/${id}`),
  ]
}

/** What version 5 of the provider has no attribute for (October 2026). */
function unsaid({ filterAttackTraffic, transformerId, output }: JobResource): readonly string[] {
  const known = holding([
    [filterAttackTraffic, 'filter_attack_traffic'],
    [transformerId !== null, 'transformer_id'],
    [output.options.stringify_object === true, 'stringify_object'],
  ])
  return [...known, ...Object.keys(output.unknown)]
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
  return Array.isArray(fieldNames) ? [['field_names', fieldNames], ...said] : said
}
