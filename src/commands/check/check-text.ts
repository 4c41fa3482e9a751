/* The report of `check` as lines for people. Pure. */

import { columns } from '../../domain/columns.ts'
import { foldText } from '../../domain/fold-text.ts'
import { plural } from '../../domain/plural.ts'
import { someOf } from '../../domain/some-of.ts'
import { textWidth } from '../../domain/text-width.ts'
import { arrivalLines } from './arrival-lines.ts'
import { closing, hasWorked, warnings } from './check-closing.ts'
import type { BudgetReport, CheckReport, Finding, Grant, ScopeReport } from './report-shape.ts'
import { forNames, nameOf } from './scope-names.ts'

/** Unreadable objects shown before the rest is only counted. */
const maxObjects = 20

/** Lines of at most so many columns, as far as names allow; tables that are wider become lists. */
export function checkLines(report: CheckReport, width: number = Number.POSITIVE_INFINITY): readonly string[] {
  const lines = linesOf(report, width)
  return lines.flatMap((line) => foldText(line, width))
}

function linesOf(report: CheckReport, width: number): readonly string[] {
  const { rest, graphql } = report.budget
  return [
    ...columns([
      ['Token', tokenText(report)],
      ['Accounts', listingText(report.accounts)],
      ['Zones', listingText(report.zones)],
      ['Budget left', `REST ${ofBudget(rest)}, GraphQL ${ofBudget(graphql)}`],
    ]),
    '',
    ...scopeTable(report, width),
    ...(report.not_checked === 0
      ? []
      : [
          '',
          `${report.not_checked} more were not checked; select them with --cloudflare.accounts and --cloudflare.zones.`,
        ]),
    ...section('These filters match nothing that the token sees:', unmatchedLines(report)),
    ...section('Grant these permissions to the token:', grantLines(report.grants, width)),
    ...arrivalLines(report, width),
    ...section('Granting permissions does not help here:', messagesOf(report, 'not_offered')),
    ...section('These objects cannot be read in full; others are not affected:', unreadableLines(report)),
    ...section('Other errors:', messagesOf(report, 'failed')),
    ...section(
      'Zones without a job in the manifest (select or exclude them under zones):',
      coverageLines(report),
    ),
    ...section('Warnings:', warnings(report)),
    '',
    ...closing(report),
  ]
}

function tokenText(report: CheckReport): string {
  const { token } = report
  if (token.kind === 'unknown')
    return hasWorked(report) ? 'works, not verified' : (token.message ?? 'unknown')
  const owner = token.kind === 'user' ? 'user token' : `account token (${token.account})`
  const days = token.expires_in_days
  const expiry =
    token.expires === null || days === null
      ? 'never expires'
      : days < 0
        ? `expired ${token.expires}`
        : `expires ${token.expires} (in ${plural(days, 'day')})`
  return `${owner}, ${token.status}, ${expiry}`
}

function listingText(listing: CheckReport['accounts']): string {
  return listing.count === null ? stateText(listing) : String(listing.count)
}

function ofBudget(budget: BudgetReport | null): string {
  if (budget === null) return 'unknown'
  const window = budget.window_seconds === null ? '' : ` in ${spanText(budget.window_seconds)}`
  return budget.limit === null ? String(budget.remaining) : `${budget.remaining} of ${budget.limit}${window}`
}

function scopeTable({ scopes, accounts, zones }: CheckReport, width: number): readonly string[] {
  if (scopes.length === 0) {
    const listed = accounts.state === 'works' && zones.state === 'works'
    return [listed ? 'The token sees no accounts or zones.' : 'No accounts or zones could be listed.']
  }
  const rows = scopes.map((scope) => ({
    scope: `${scope.kind} ${nameOf(scope)}`,
    jobs: scope.jobs.count === null ? stateText(scope.jobs) : plural(scope.jobs.count, 'job'),
    health: healthText(scope.health),
    notifications: notificationText(scope.notifications),
  }))
  const table = columns([
    ['SCOPE', 'JOBS', 'HEALTH', 'NOTIFICATIONS'],
    ...rows.map((row) => Object.values(row)),
  ])
  if (fits(table, width)) return table
  return rows.flatMap(({ scope, jobs, health, notifications }) => [
    scope,
    ...columns([
      ['  jobs', jobs],
      ['  health', health],
      ...(notifications === '-' ? [] : [['  notifications', notifications]]),
    ]),
  ])
}

function healthText(health: ScopeReport['health']): string {
  const { max_duration_seconds: wide, not_older_than_seconds: back } = health
  if (health.state !== 'works' || wide === null || back === null) return stateText(health)
  return `last ${spanText(back)}, ${spanText(wide)} per query`
}

function notificationText(notifications: ScopeReport['notifications']): string {
  if (notifications === null) return '-'
  if (notifications.count === null) return stateText(notifications)
  return notifications.count === 0
    ? 'none for disabled jobs'
    : plural(notifications.count, 'policy', 'policies')
}

function stateText({ state }: Finding): string {
  return { works: 'works', missing: 'NOT PERMITTED', not_offered: 'not available', failed: 'FAILED' }[state]
}

function grantLines(grants: readonly Grant[], width: number): readonly string[] {
  const rows = grants.map((grant) => ({
    permission: `  ${grant.permission}${grant.needed ? '' : ' (optional)'}`,
    dashboard: `[${grant.dashboard}]`,
    purpose: `to ${grant.to}${forNames(grant.for)}`,
  }))
  const table = columns(rows.map((row) => Object.values(row)))
  if (fits(table, width)) return table
  return rows.flatMap(({ permission, dashboard, purpose }) => [
    permission,
    `    ${dashboard}`,
    `    ${purpose}`,
  ])
}

function fits(lines: readonly string[], width: number): boolean {
  return lines.every((line) => textWidth(line) <= width)
}

function unmatchedLines({ unmatched }: CheckReport): readonly string[] {
  return unmatched.map(({ setting, entry, near }) => {
    const hint = near === null ? '' : `; did you mean ${near}?`
    return `  ${setting}: ${entry}${hint}`
  })
}

/** Each message once, with the accounts and zones it concerns. */
function messagesOf(report: CheckReport, state: Finding['state']): readonly string[] {
  const found = new Map<string, string[]>()
  const add = (finding: Finding | null, name: string | null) => {
    if (finding?.state !== state) return
    const message = finding.message ?? ''
    found.set(message, [...(found.get(message) ?? []), ...(name === null ? [] : [name])])
  }
  add(report.accounts, null)
  add(report.zones, null)
  for (const scope of report.scopes)
    for (const finding of [scope.jobs, scope.health, scope.notifications, scope.audit_log])
      add(finding, `${scope.kind} ${nameOf(scope)}`)
  return [...found].map(([message, names]) => `  ${message}${forNames([...new Set(names)])}`)
}

function unreadableLines({ unreadable }: CheckReport): readonly string[] {
  const told = unreadable.map(({ kind, id, name, scope, field, left_out: leftOut }) => {
    const which = [id === null ? 'of unknown id' : id, name === null || name === '' ? '' : `(${name})`]
    const where = scope === '' ? '' : ` in ${scope}`
    const effect = leftOut ? ', so it is left out' : ''
    return `  ${kind} ${which.filter((part) => part !== '').join(' ')}${where}: ${field} is not as documented${effect}`
  })
  const counts = new Map<string, number>()
  for (const line of told) counts.set(line, (counts.get(line) ?? 0) + 1)
  const lines = [...counts].map(([line, count]) => (count === 1 ? line : `${line} (${count} times)`))
  const more = lines.length - maxObjects
  return more > 0 ? [...lines.slice(0, maxObjects), `  and ${more} more`] : lines
}

function coverageLines({ coverage }: CheckReport): readonly string[] {
  return (coverage ?? []).flatMap(({ account, dataset, uncovered }) => {
    if (uncovered.length === 0) return []
    return [`  ${dataset} in account ${account}: ${someOf(uncovered, maxObjects)}`]
  })
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines]
}

function spanText(seconds: number): string {
  if (seconds % 86_400 === 0 && seconds > 86_400) return `${seconds / 86_400} days`
  if (seconds % 3600 === 0) return `${seconds / 3600} h`
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}
