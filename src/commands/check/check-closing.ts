/* What the reader of a report is to take away. Pure. */
import { holding } from '../../domain/holding.ts'
import { plural } from '../../domain/plural.ts'
import type { CheckReport } from './report-shape.ts'
import { forNames, nameOf } from './scope-names.ts'

/** A token that expires within so many days is worth a warning. */
const soonDays = 14

/** Whether the token was good for anything, whatever its verification says. */
export function hasWorked({ accounts, zones, scopes }: CheckReport): boolean {
  const findings = [accounts, zones, ...scopes.flatMap(({ jobs, health }) => [jobs, health])]
  return findings.some(({ state }) => state === 'works')
}

/** What does not fail the check and should not be missed. */
export function warnings(report: CheckReport): readonly string[] {
  const { token } = report
  const alone = report.scopes.filter((scope) => scope.zones_only).map(nameOf)
  return [
    ...expiry(token),
    ...holding([
      [
        token.kind === 'unknown' && hasWorked(report),
        `  The token could not be verified, so its expiry is not known: ${token.message}`,
      ],
      [
        alone.length > 0,
        `  The token is for zones only, so jobs of the accounts themselves are not watched${forNames(alone)}`,
      ],
    ]),
  ]
}

function expiry({ status, expires_in_days: days }: CheckReport['token']): readonly string[] {
  if (days === null || days < 0 || days >= soonDays || status === 'expired') return []
  return [`  The token expires in ${plural(days, 'day')}: replace it before, or nothing can be read.`]
}

/** One sentence when all is well; otherwise one for each thing that is not. */
export function closing(report: CheckReport): readonly string[] {
  if (report.ok) return ['All required permissions are in place.']
  const { token, accounts, zones, scopes, unmatched, grants, unreadable } = report
  const findings = [accounts, zones, ...scopes.flatMap(({ jobs, health }) => [jobs, health])]
  const blind = scopes.some(({ jobs, health }) => health.state === 'not_offered' && (jobs.count ?? 0) > 0)
  const days = token.expires_in_days
  const expired = token.status === 'expired' || (days !== null && days < 0)
  const isUseless = (token.refused || expired || token.status === 'disabled') && !hasWorked(report)
  const missing = grants.filter(({ needed }) => needed)
  return holding([
    [expired, 'The token is expired: create another one.'],
    [
      token.refused && !hasWorked(report),
      'The token does not work. If it was just created, wait a minute and run check again; otherwise create another one.',
    ],
    [token.status === 'disabled', 'The token is disabled: enable it, or create another one.'],
    [unmatched.length > 0, 'A filter matches nothing: what it was meant for would not be watched.'],
    [missing.length > 0, 'Some required permissions are missing.'],
    [
      missing.length > 0,
      'If the token was just created: it can be refused for about a minute; run check again.',
    ],
    [
      missing.some(({ permission }) => permission === 'Logs Write'),
      'Where Logs Write is granted already, the plan has no Logpush: granting does not help.',
    ],
    [blind, 'Some jobs have no health data on their plan: only their state can be watched.'],
    [unreadable.some((one) => one.left_out), 'Some objects cannot be read, so they are not watched.'],
    [
      !isUseless && findings.some(({ state }) => state === 'failed'),
      'Something that the exporter needs failed; see above.',
    ],
    [
      (report.arrival ?? []).some(({ state }) => state === 'missing' || state === 'failed'),
      'Some destinations cannot be read: what gets lost there would go unnoticed.',
    ],
    [
      scopes.length === 0 && accounts.state === 'works' && zones.state === 'works',
      'There is nothing to watch.',
    ],
  ])
}
