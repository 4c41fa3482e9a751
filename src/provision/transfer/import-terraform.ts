import { plainId } from '../../domain/notification/object-id.ts'
import { isObject } from '../../domain/plain-value.ts'
import type { Account, Scope } from '../../domain/scope.ts'
import { Secret } from '../../domain/secret.ts'
import { livePolicyFilters, type PolicyFilters } from '../resource/policy-filters.ts'
import { type Fields, foreignJob, textOf } from './foreign-job.ts'
import type { Portable, PortableJob } from './portable.ts'
import { type StateResource, terraformResources, terraformTypes } from './terraform-resources.ts'

/*
 * Cloudflare's resources out of what Terraform knows: a state file, or `terraform show -json` of a state or a plan,
 * written by version 4 or 5 of the provider.
 */

export function terraformAccounts(json: unknown): readonly string[] {
  const ids = terraformResources(json).flatMap(({ values }) => textOf(values.account_id) ?? [])
  return [...new Set(ids)]
}

/** `given`: the account, where the user names it; else it is the one that the resources name, if they agree. */
export function importTerraform(json: unknown, given: Account | null): Portable {
  const notes: string[] = []
  const all = terraformResources(json).filter(({ type, address, isDeposed }) => {
    const { job, webhook, policy } = terraformTypes
    const isOurs = type === job || type === webhook || type === policy
    if (isOurs && isDeposed)
      notes.push(`${address}: a deposed object is skipped; Terraform is about to delete it.`)
    return isOurs && !isDeposed
  })
  const of = (type: string): readonly Fields[] =>
    all.filter((resource) => resource.type === type).map(({ values }) => values)
  const ids = terraformAccounts(json)
  const [only = ''] = ids
  const account = given ?? (ids.length === 1 ? { id: only, name: '' } : null)
  const home = account ?? { id: '', name: '' }
  const isHere = (values: Fields): boolean => {
    const id = textOf(values.account_id)
    return id === null || home.id === '' || id === home.id
  }
  const webhooks = of(terraformTypes.webhook)
    .filter(isHere)
    .map((values) => webhook(values, home))
  const names = new Map(
    webhooks.flatMap(({ id, resource }) => (id === null ? [] : [[plainId(id), resource.name] as const])),
  )
  return {
    account,
    jobs: all
      .filter(({ type, values }) => type === terraformTypes.job && isHere(values))
      .flatMap((resource) => job(resource, home, notes)),
    webhooks,
    policies: of(terraformTypes.policy)
      .filter(isHere)
      .map((values) => policy(values, home, names, notes)),
    pagerduty: [],
    notes,
  }
}

function job(resource: StateResource, home: Account, notes: string[]): readonly PortableJob[] {
  const { address, values } = resource
  const scope = scopeOf(resource, home)
  if (scope === null) {
    notes.push(
      `${address} is skipped: which zone or account it is in is not known before Terraform is applied; apply, and import the state.`,
    )
    return []
  }
  const read = foreignJob(scope, textOf(values.name) ?? '', values)
  if (read === null) notes.push(`${address} has no destination_conf and is skipped.`)
  return read === null ? [] : [read]
}

function scopeOf({ values, zoneName }: StateResource, account: Account): Scope | null {
  const zone = textOf(values.zone_id)
  if (zone !== null) return { kind: 'zone', id: zone, name: '', account }
  if (textOf(values.account_id) !== null) return { kind: 'account', ...account }
  return zoneName === null ? null : { kind: 'zone', id: '', name: zoneName, account }
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
    ...webhooks.filter((id) => !webhookNames.has(plainId(id))),
    ...pagerduty.flatMap((service) => (service.name === null ? [service.id] : [])),
  ]
  if (unknown.length > 0) {
    notes.push(
      `Policy ${name}: Terraform has only the id of ${unknown.join(', ')}, which is kept; the name reads better.`,
    )
  }
  return {
    id: textOf(values.id),
    resource: {
      kind: 'policy',
      scope: { kind: 'account', ...account },
      name,
      alertType: textOf(values.alert_type) ?? '',
      enabled: values.enabled === true,
      description: textOf(values.description),
      filters: filtersOf(values.filters),
      email: [...named(mechanisms.email), ...named(values.email_integration)].map(({ id }) => id),
      webhooks: webhooks.map((id) => webhookNames.get(plainId(id)) ?? id),
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

/** Version 5 has one mapping, version 4 a block. */
function filtersOf(value: unknown): PolicyFilters {
  return livePolicyFilters(Array.isArray(value) ? value[0] : value)
}
