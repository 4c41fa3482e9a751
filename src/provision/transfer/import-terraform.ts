import { isObject } from '../../domain/plain-value.ts'
import type { Account, Scope } from '../../domain/scope.ts'
import { Secret } from '../../domain/secret.ts'
import { type Fields, foreignJob, textOf } from './foreign-job.ts'
import type { Portable } from './portable.ts'

/*
 * Cloudflare's resources out of what Terraform knows: a state file, or `terraform show -json` of a state or a plan,
 * written by version 4 or 5 of the provider.
 */

interface StateResource {
  readonly type: string
  readonly values: Fields
}

const jobType = 'cloudflare_logpush_job'
const webhookType = 'cloudflare_notification_policy_webhooks'
const policyType = 'cloudflare_notification_policy'

/** Whether a parsed JSON is one of the forms that `importTerraform` reads. */
export function isTerraform(json: unknown): boolean {
  return isObject(json) && ('terraform_version' in json || 'format_version' in json)
}

/** The ids of the accounts that the resources name. */
export function terraformAccounts(json: unknown): readonly string[] {
  const ids = resourcesOf(json).flatMap(({ values }) => textOf(values.account_id) ?? [])
  return [...new Set(ids)]
}

/** `given`: the account, where the user names it; else it is the one that the resources name, if they agree. */
export function importTerraform(json: unknown, given: Account | null): Portable {
  const all = resourcesOf(json)
  const of = (type: string): readonly Fields[] =>
    all.filter((resource) => resource.type === type).map(({ values }) => values)
  const ids = terraformAccounts(json)
  const [only = ''] = ids
  const account = given ?? (ids.length === 1 ? { id: only, name: '' } : null)
  const home = account ?? { id: '', name: '' }
  const notes: string[] = []
  const isHere = (values: Fields): boolean => {
    const id = textOf(values.account_id)
    return id === null || home.id === '' || id === home.id
  }
  const webhooks = of(webhookType)
    .filter(isHere)
    .map((values) => webhook(values, home))
  const names = new Map(
    webhooks.flatMap(({ id, resource }) => (id === null ? [] : [[id, resource.name] as const])),
  )
  return {
    account,
    jobs: of(jobType)
      .filter(isHere)
      .flatMap((values) => {
        const job = foreignJob(scopeOf(values, home), textOf(values.name) ?? '', values)
        if (job === null) notes.push(`A ${jobType} without a destination_conf is skipped.`)
        return job === null ? [] : [job]
      }),
    webhooks,
    policies: of(policyType)
      .filter(isHere)
      .map((values) => policy(values, home, names, notes)),
    pagerduty: [],
    notes,
  }
}

function scopeOf(values: Fields, account: Account): Scope {
  const zone = textOf(values.zone_id)
  return zone === null ? { kind: 'account', ...account } : { kind: 'zone', id: zone, name: '', account }
}

function webhook(values: Fields, account: Account): Portable['webhooks'][number] {
  const secret = textOf(values.secret)
  return {
    id: textOf(values.id),
    secret: secret === null ? null : new Secret(secret),
    resource: {
      kind: 'webhook',
      scope: { kind: 'account', ...account },
      name: textOf(values.name) ?? '',
      url: new Secret(textOf(values.url) ?? ''),
    },
  }
}

function policy(
  values: Fields,
  account: Account,
  webhookNames: ReadonlyMap<string, string>,
  notes: string[],
): Portable['policies'][number] {
  // Version 5 has mechanisms in one mapping, version 4 a block each.
  const mechanisms: Fields = isObject(values.mechanisms) ? values.mechanisms : {}
  const name = textOf(values.name) ?? ''
  const pagerduty = [...named(mechanisms.pagerduty), ...named(values.pagerduty_integration)]
  const webhooks = [...named(mechanisms.webhooks), ...named(values.webhooks_integration)].map(({ id }) => id)
  const unknown = [
    ...webhooks.filter((id) => !webhookNames.has(id)),
    ...pagerduty.flatMap((service) => (service.name === null ? [service.id] : [])),
  ]
  if (unknown.length > 0) {
    notes.push(`Policy ${name}: Terraform has only the id of ${unknown.join(', ')}; write the name instead.`)
  }
  return {
    id: textOf(values.id),
    hasFilters: hasContent(values.filters),
    resource: {
      kind: 'policy',
      scope: { kind: 'account', ...account },
      name,
      alertType: textOf(values.alert_type) ?? '',
      enabled: values.enabled === true,
      description: textOf(values.description),
      email: [...named(mechanisms.email), ...named(values.email_integration)].map(({ id }) => id),
      webhooks: webhooks.map((id) => webhookNames.get(id) ?? id),
      pagerduty: pagerduty.map((service) => service.name ?? service.id),
    },
  }
}

function named(list: unknown): readonly { readonly id: string; readonly name: string | null }[] {
  if (!Array.isArray(list)) return []
  return list.filter(isObject).flatMap((entry) => {
    const id = textOf(entry.id)
    return id === null ? [] : [{ id, name: textOf(entry.name) }]
  })
}

/** Whether anything is said, however deep. */
function hasContent(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasContent)
  if (isObject(value)) return Object.values(value).some(hasContent)
  return value !== null && value !== undefined && value !== ''
}

function resourcesOf(json: unknown): readonly StateResource[] {
  if (!isObject(json)) return []
  const module = inside(json.planned_values) ?? inside(json.values)
  return module === null ? stateResources(json) : moduleResources(module)
}

function inside(values: unknown): Fields | null {
  return isObject(values) && isObject(values.root_module) ? values.root_module : null
}

/** `terraform show -json`. */
function moduleResources(module: Fields): readonly StateResource[] {
  const own = listOf(module.resources).flatMap((resource) =>
    resource.mode !== 'data' && typeof resource.type === 'string' && isObject(resource.values)
      ? [{ type: resource.type, values: resource.values }]
      : [],
  )
  return [...own, ...listOf(module.child_modules).flatMap(moduleResources)]
}

/** A state file. */
function stateResources(state: Fields): readonly StateResource[] {
  return listOf(state.resources).flatMap(({ type, mode, instances }) =>
    mode === 'data' || typeof type !== 'string'
      ? []
      : listOf(instances).flatMap(({ attributes }) =>
          isObject(attributes) ? [{ type, values: attributes }] : [],
        ),
  )
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}
