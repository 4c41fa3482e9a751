import { didYouMean, quoted } from '../../domain/positioned.ts'
import type { Problem } from '../resource/problem.ts'
import type { Origin } from '../resource/resource.ts'
import { withDataset } from './job-variables.ts'
import type { ManifestPart } from './part.ts'
import { createReport, originOf, type Report } from './report.ts'
import type { JobValue, ZonesValue } from './schema.ts'
import type { Path } from './tree.ts'

/** The account of each file: its own, or the only one that any file names. */
export function accountTexts(parts: readonly ManifestPart[]): readonly (string | null)[] {
  const own = parts.map(({ value: { account } }) => account?.id ?? account?.name ?? null)
  const named = [...new Set(own.filter((text) => text !== null))]
  const only = named.length === 1 ? (named[0] ?? null) : null
  return own.map((text) => text ?? only)
}

export function isAccountId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text)
}

/** Whether a text can be an owner: the dash after it is added, so it must not end with one. */
export function isOwnerName(text: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/.test(text)
}

/** Checks what only all files together can tell: whose account it is, and that each name is there once. */
export function checkNames(parts: readonly ManifestPart[]): readonly Problem[] {
  const accounts = accountTexts(parts)
  const first = new Map<string, Origin>()
  return parts.flatMap((part, index) => {
    const report = createReport(part.source)
    const account = accounts[index] ?? null
    if (account === null) report.error([], 'account: missing; expected account: { id: … } or { name: … }')
    for (const { kind, name, where, path, adopt } of namedObjects(part)) {
      const here = [...path, 'name']
      const key = `${account} ${kind} ${where} ${name}`
      const other = first.get(key)
      if (other !== undefined) {
        const place = `${other.file}:${other.line}`
        report.error(
          here,
          `there is already a ${kind} called ${quoted(name)}${where === '' ? '' : ` in ${where}`}, at ${place}`,
        )
      } else first.set(key, originOf(part.source, here))
      const { owner } = part.value
      if (owner !== undefined && isOwnerName(owner) && !name.startsWith(`${owner}-`) && !adopt) {
        report.warn(
          here,
          `${quoted(name)} does not start with "${owner}-", so it is not owned; set "adopt: true" if that is intended`,
        )
      }
    }
    checkWebhookNames(report, part, webhooksOf(parts, accounts, account))
    return report.problems
  })
}

function webhooksOf(
  parts: readonly ManifestPart[],
  accounts: readonly (string | null)[],
  account: string | null,
): readonly string[] {
  return parts
    .filter((_, index) => accounts[index] === account)
    .flatMap(({ value }) => (value.notifications?.webhooks ?? []).map(({ name }) => name))
}

function checkWebhookNames(report: Report, { value }: ManifestPart, known: readonly string[]): void {
  for (const [index, policy] of (value.notifications?.policies ?? []).entries()) {
    for (const [position, name] of (policy.webhooks ?? []).entries()) {
      if (known.includes(name)) continue
      report.warn(
        ['notifications', 'policies', index, 'webhooks', position],
        `${quoted(name)} is not in the manifest, so it must already exist at Cloudflare${didYouMean(name, known)}`,
      )
    }
  }
}

function zonesText(zones: ZonesValue): string {
  if (zones === 'all') return 'all zones'
  return Array.isArray(zones) ? `the zones ${zones.join(', ')}` : `the zones ${JSON.stringify(zones)}`
}

interface Named {
  readonly kind: string
  readonly name: string
  readonly where: string
  readonly path: Path
  readonly adopt: JobValue['adopt']
}

function namedObjects({ value }: ManifestPart): readonly Named[] {
  const { jobs = [], notifications: { webhooks = [], policies = [] } = {} } = value
  return [
    ...jobs.map(({ name, dataset, zone, zones, adopt }, index) => ({
      kind: 'job',
      name: withDataset(name, dataset),
      where: zones !== undefined ? zonesText(zones) : zone === undefined ? 'the account' : `zone ${zone}`,
      path: ['jobs', index],
      adopt,
    })),
    ...webhooks.map(({ name, adopt }, index) => ({
      kind: 'webhook',
      name,
      where: '',
      path: ['notifications', 'webhooks', index],
      adopt,
    })),
    ...policies.map(({ name, adopt }, index) => ({
      kind: 'policy',
      name,
      where: '',
      path: ['notifications', 'policies', index],
      adopt,
    })),
  ]
}
