import { accountOf } from '../../domain/scope.ts'
import type { HclBlock, HclValue } from './hcl-text.ts'
import { objectTitle } from './placeholders.ts'
import type { Portable, PortablePolicy, PortableWebhook } from './portable.ts'
import { resourceBlocks, type TerraformFile, variableOf } from './terraform-block.ts'
import { terraformTypes } from './terraform-resources.ts'

export function webhookBlocks(
  { resource, id, secret }: PortableWebhook,
  file: TerraformFile,
): readonly HclBlock[] {
  const account = resource.scope.id
  if (secret === 'unknown') {
    file.notes.push(
      `${objectTitle(resource)}: Cloudflare does not return its secret; if it has one, add "secret".`,
    )
  }
  const url = { code: `var.${variableOf(file, resource, 'url', resource.url)}` }
  const isKnown = secret !== null && secret !== 'unknown'
  const attributes = [
    ['account_id', account],
    ['name', resource.name],
    ['url', url],
    ['secret', isKnown ? { code: `var.${variableOf(file, resource, 'secret', secret)}` } : null],
  ] as const
  return resourceBlocks(
    terraformTypes.webhook,
    file.labels.of(resource),
    attributes,
    id && `${account}/${id}`,
  )
}

export function policyBlocks(
  { resource, id }: PortablePolicy,
  portable: Portable,
  file: TerraformFile,
): readonly HclBlock[] {
  const account = accountOf(resource.scope).id
  const ids = (list: readonly HclValue[]): HclValue | null =>
    list.length === 0 ? null : list.map((value) => ({ code: `{ id = ${codeOf(value)} }` }))
  const webhook = (name: string): HclValue => {
    const known = portable.webhooks.find((one) => one.resource.name === name)
    return known ? { code: `${terraformTypes.webhook}.${file.labels.of(known.resource)}.id` } : name
  }
  const service = (name: string): HclValue =>
    portable.pagerduty.find((one) => one.name === name)?.id ?? {
      code: `var.${variableOf(file, resource, `id of PagerDuty service ${name}`, null)}`,
    }
  const mechanisms = [
    ['email', ids(resource.email)],
    ['webhooks', ids(resource.webhooks.map(webhook))],
    ['pagerduty', ids(resource.pagerduty.map(service))],
  ] as const
  const filters = Object.entries(resource.filters ?? {})
  const attributes = [
    ['account_id', account],
    ['name', resource.name],
    ['description', resource.description || null],
    ['alert_type', resource.alertType],
    ['enabled', resource.enabled],
    ['mechanisms', { object: mechanisms }],
    ['filters', filters.length === 0 ? null : { object: filters }],
  ] as const
  return resourceBlocks(terraformTypes.policy, file.labels.of(resource), attributes, id && `${account}/${id}`)
}

function codeOf(value: HclValue): string {
  return typeof value === 'object' && 'code' in value ? value.code : JSON.stringify(value)
}
