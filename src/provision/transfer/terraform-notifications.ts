import { accountOf } from '../../domain/scope.ts'
import type { Secret } from '../../domain/secret.ts'
import type { HclBlock, HclValue } from './hcl-text.ts'
import { objectTitle, type Placeholders } from './placeholders.ts'
import type { Portable, PortablePolicy, PortableWebhook } from './portable.ts'
import { importBlock, type Labels } from './terraform-block.ts'

const webhookType = 'cloudflare_notification_policy_webhooks'
const policyType = 'cloudflare_notification_policy'

export function webhookBlocks(
  { resource, id, secret }: PortableWebhook,
  labels: Labels,
  names: Placeholders,
  notes: string[],
): readonly HclBlock[] {
  const label = labels.of(resource)
  const account = resource.scope.id
  const variable = (field: string, value: Secret): HclValue => ({
    code: `var.${names.nameOf(resource, field, value).toLowerCase()}`,
  })
  if (secret === 'unknown') {
    notes.push(
      `${objectTitle(resource)}: Cloudflare does not return its secret; if it has one, add "secret".`,
    )
  }
  return [
    {
      head: `resource "${webhookType}" "${label}"`,
      attributes: [
        ['account_id', account],
        ['name', resource.name],
        ['url', variable('url', resource.url)],
        ...(secret === null || secret === 'unknown' ? [] : [['secret', variable('secret', secret)] as const]),
      ],
    },
    ...importBlock(webhookType, label, id && `${account}/${id}`),
  ]
}

export function policyBlocks(
  { resource, id, hasFilters }: PortablePolicy,
  portable: Portable,
  labels: Labels,
  names: Placeholders,
  notes: string[],
): readonly HclBlock[] {
  if (hasFilters) {
    notes.push(`${objectTitle(resource)} is skipped: it has filters.`)
    return []
  }
  const label = labels.of(resource)
  const account = accountOf(resource.scope).id
  const ids = (list: readonly HclValue[]): HclValue =>
    list.map((value) => ({ code: `{ id = ${codeOf(value)} }` }))
  const webhook = (name: string): HclValue => {
    const known = portable.webhooks.find((one) => one.resource.name === name)
    return known === undefined ? name : { code: `${webhookType}.${labels.of(known.resource)}.id` }
  }
  const service = (name: string): HclValue =>
    portable.pagerduty.find((one) => one.name === name)?.id ?? {
      code: `var.${names.nameOf(resource, `id of PagerDuty service ${name}`, null).toLowerCase()}`,
    }
  const mechanisms: readonly (readonly [string, readonly HclValue[]])[] = [
    ['email', resource.email],
    ['webhooks', resource.webhooks.map(webhook)],
    ['pagerduty', resource.pagerduty.map(service)],
  ]
  return [
    {
      head: `resource "${policyType}" "${label}"`,
      attributes: [
        ['account_id', account],
        ['name', resource.name],
        ...(resource.description === null || resource.description === ''
          ? []
          : [['description', resource.description] as const]),
        ['alert_type', resource.alertType],
        ['enabled', resource.enabled],
        [
          'mechanisms',
          {
            object: mechanisms
              .filter(([, list]) => list.length > 0)
              .map(([name, list]) => [name, ids(list)] as const),
          },
        ],
      ],
    },
    ...importBlock(policyType, label, id && `${account}/${id}`),
  ]
}

function codeOf(value: HclValue): string {
  return typeof value === 'object' && 'code' in value ? value.code : JSON.stringify(value)
}
