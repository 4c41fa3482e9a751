import type { CheckReport, ScopeReport } from '../../src/commands/check/report-shape.ts'

/* Reports of `check` for tests to change. */

export const works = { state: 'works', message: null } as const
/** Of an account in which everything works. */
export const accountReport: ScopeReport = {
  kind: 'account',
  id: 'a1',
  name: 'Quay',
  account: 'Quay',
  zones_only: false,
  jobs: { ...works, count: 2 },
  health: { ...works, max_duration_seconds: 3_600, not_older_than_seconds: 86_400, max_page_size: 100 },
  notifications: { ...works, count: 1 },
  audit_log: works,
}
/** Of a token that can do everything. */
export const goodReport: CheckReport = {
  ok: true,
  token: {
    kind: 'user',
    account: null,
    status: 'active',
    expires: null,
    expires_in_days: null,
    message: null,
    refused: false,
  },
  accounts: { ...works, count: 1 },
  zones: { ...works, count: 0 },
  scopes: [accountReport],
  unmatched: [],
  not_checked: 0,
  budget: { rest: null, graphql: null },
  grants: [],
  arrival: null,
  coverage: null,
  unreadable: [],
}
