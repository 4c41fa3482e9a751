import type { AccountScope } from '../../domain/scope.ts'
import { Secret } from '../../domain/secret.ts'
import { type Checked, checked, type Problem } from '../resource/problem.ts'
import { hasReference, type VariableName } from '../resource/reference.ts'
import type { Desired, DesiredPolicy, DesiredWebhook } from '../resource/resource.ts'
import { isAccountId } from './check-names.ts'
import { webhookUrlMistake } from './check-notifications.ts'
import { usedVariables } from './job-variables.ts'
import type { Manifest, ManifestPart } from './part.ts'
import { type AccountName, type ManifestPlace, resolveZones, type ZoneSelection } from './place.ts'
import { createReport, originOf, type Report } from './report.ts'
import { type Filters, resolveFilters, type ZoneIdOf } from './resolve-filters.ts'
import { adoptionOf, type BuildJob, resolveJob } from './resolve-job.ts'
import { type ReferenceReaders, type Resolver, readingOnce, resolveText } from './resolve-text.ts'
import type { PolicyValue, ScopeValue, WebhookValue } from './schema.ts'
import type { Path } from './tree.ts'

/*
 * Replaces the references of a manifest: the last moment before a plan. What comes out holds secrets, and
 * still names accounts and zones as people do.
 */

/** An object that only lacks its scope. */
export type Draft =
  | {
      readonly in: 'place'
      readonly place: ManifestPlace | ZoneSelection
      readonly dataset: string
      /** Variables that the job uses: what has to be known of its scope. */
      readonly uses: ReadonlySet<VariableName>
      readonly build: BuildJob
    }
  | {
      readonly in: 'account'
      readonly account: AccountName
      /** Zones that it names, to be found like those of jobs; nothing else is looked at in them. */
      readonly zones: readonly ManifestPlace[]
      readonly build: (scope: AccountScope, zoneIdOf: ZoneIdOf) => Desired
    }

export interface ResolvedManifest {
  readonly drafts: readonly Draft[]
  /** Places to look at, whether or not anything is wanted there. */
  readonly places: readonly (ManifestPlace | ZoneSelection)[]
  /** Accounts whose webhooks and policies are looked after. */
  readonly notificationAccounts: readonly AccountName[]
  readonly owners: readonly {
    readonly account: AccountName
    readonly prefix: string
    readonly prune: boolean
  }[]
  /** Names that are declared, also of objects that were not resolved, and those that may be deleted. */
  readonly names: readonly NameOf[]
}

export interface NameOf {
  readonly account: AccountName
  readonly name: string
  readonly as: 'declared' | 'removed'
}

/**
 * What to resolve besides accounts and zones. `unread`: everything, with its references left as they are written.
 * `places`: nothing, which is enough to delete what is owned. Neither needs a secret.
 */
export type Extent = 'everything' | 'unread' | 'places'

export function resolveManifest(
  manifest: Manifest,
  given: ReferenceReaders,
  what: Extent = 'everything',
): Checked<ResolvedManifest> {
  const problems: Problem[] = []
  const readers = readingOnce(given)
  const resolved = manifest.parts.flatMap((part) => {
    const report = createReport(part.source)
    const named = [part, ...manifest.parts].find(({ value }) => value.account !== undefined)
    const account = named === undefined ? null : resolveAccount(named, readers, problems)
    const result = account === null ? [] : [resolvePart(report, part, account, readers, what)]
    problems.push(...report.problems)
    return result
  })
  const whole: ResolvedManifest = {
    drafts: resolved.flatMap(({ drafts }) => drafts),
    places: resolved.flatMap(({ places }) => places),
    notificationAccounts: resolved.flatMap(({ notificationAccounts }) => notificationAccounts),
    owners: resolved.flatMap(({ owners }) => owners),
    names: resolved.flatMap(({ names }) => names),
  }
  return checked(whole, problems)
}

function resolveAccount(
  part: ManifestPart,
  readers: ReferenceReaders,
  problems: Problem[],
): AccountName | null {
  const report = createReport(part.source)
  const { id, name } = part.value.account ?? {}
  const by = id === undefined ? 'name' : 'id'
  const path = ['account', by]
  const text = resolveText({ report, readers }, path, id ?? name ?? '')
  const fits = text === null || by === 'name' || isAccountId(text)
  if (!fits) report.error(path, 'expected an account id of 32 hexadecimal digits, found something else')
  problems.push(...report.problems)
  return text !== null && fits
    ? { by, text, written: id ?? name ?? '', origin: originOf(part.source, path) }
    : null
}

function resolvePart(
  report: Report,
  { value }: ManifestPart,
  account: AccountName,
  readers: ReferenceReaders,
  what: Extent,
): ResolvedManifest {
  const { owner, prune = false, removed = [], scopes = [], jobs = [], notifications } = value
  const drafts: Draft[] = []
  const placeOf = ({ zone, zones }: ScopeValue, path: Path): ManifestPlace | ZoneSelection | null => {
    if (zones !== undefined) return resolveZones({ report, readers }, account, zones, [...path, 'zones'])
    const here = zone === undefined ? path : [...path, 'zone']
    const text = zone === undefined ? null : resolveText({ report, readers }, here, zone)
    const origin = originOf(report.source, here)
    return zone !== undefined && text === null ? null : { account, zone: text, written: zone ?? '', origin }
  }
  const places = [
    ...scopes.map((scope, index) => placeOf(scope, ['scopes', index])),
    ...jobs.map((job, index) => placeOf(job, ['jobs', index])),
  ]
  const whole: ResolvedManifest = {
    drafts,
    places: places.filter((place) => place !== null),
    notificationAccounts: notifications === undefined ? [] : [account],
    owners: owner === undefined ? [] : [{ account, prefix: `${owner}-`, prune }],
    names: [
      ...declaredNames(value).map((name) => ({ account, name, as: 'declared' as const })),
      ...removed.map((name) => ({ account, name, as: 'removed' as const })),
    ],
  }
  if (what === 'places') return whole
  const resolver: Resolver = { report, readers: what === 'unread' ? null : readers }
  for (const [index, job] of jobs.entries()) {
    const place = places[scopes.length + index] ?? null
    const build = resolveJob(resolver, job, ['jobs', index])
    if (place !== null && build !== null) {
      drafts.push({ in: 'place', place, dataset: job.dataset, uses: usedVariables(job), build })
    }
  }
  for (const [index, webhook] of (notifications?.webhooks ?? []).entries()) {
    const build = resolveWebhook(resolver, webhook, ['notifications', 'webhooks', index])
    if (build !== null) drafts.push({ in: 'account', account, zones: [], build })
  }
  for (const [index, policy] of (notifications?.policies ?? []).entries()) {
    const path = ['notifications', 'policies', index]
    const filters = resolveFilters({ resolver, readers }, account, policy.filters, [...path, 'filters'])
    const build = filters === null ? null : resolvePolicy(resolver, policy, filters, path)
    if (build !== null) drafts.push({ in: 'account', account, zones: filters?.zones ?? [], build })
  }
  return whole
}

function declaredNames({ jobs = [], notifications = {} }: ManifestPart['value']): readonly string[] {
  const { webhooks = [], policies = [] } = notifications
  return [...jobs, ...webhooks, ...policies].map(({ name }) => name)
}

function resolveWebhook(
  resolver: Resolver,
  webhook: WebhookValue,
  path: Path,
): ((scope: AccountScope) => DesiredWebhook) | null {
  const { report, readers } = resolver
  const { name } = webhook
  const url = resolveText(resolver, [...path, 'url'], webhook.url)
  const secret =
    webhook.secret === undefined ? '' : resolveText(resolver, [...path, 'secret'], webhook.secret)
  if (url === null || secret === null) return null
  const mistake = readers !== null && hasReference(webhook.url) ? webhookUrlMistake(url) : null
  if (mistake !== null) {
    report.error([...path, 'url'], `expected ${mistake}, but the reference resolves to something else`)
  }
  const origin = originOf(report.source, [...path, 'name'])
  return (scope) => ({
    kind: 'webhook',
    origin,
    ...adoptionOf(webhook.adopt),
    secret: secret === '' ? null : new Secret(secret),
    resource: { kind: 'webhook', scope, name, url: new Secret(url) },
  })
}

function resolvePolicy(
  resolver: Resolver,
  policy: PolicyValue,
  filters: Filters,
  path: Path,
): ((scope: AccountScope, zoneIdOf: ZoneIdOf) => DesiredPolicy) | null {
  const texts = (key: 'email' | 'pagerduty') =>
    (policy[key] ?? []).map((text, index) => resolveText(resolver, [...path, key, index], text))
  const email = texts('email')
  const pagerduty = texts('pagerduty')
  if ([...email, ...pagerduty].includes(null)) return null
  const origin = originOf(resolver.report.source, [...path, 'name'])
  return (scope, zoneIdOf) => ({
    kind: 'policy',
    origin,
    ...adoptionOf(policy.adopt),
    resource: {
      kind: 'policy',
      scope,
      name: policy.name,
      alertType: policy.alert,
      enabled: policy.enabled ?? true,
      description: policy.description ?? null,
      filters: filters.build(zoneIdOf),
      email: email.filter((text) => text !== null),
      webhooks: policy.webhooks ?? [],
      pagerduty: pagerduty.filter((text) => text !== null),
    },
  })
}
