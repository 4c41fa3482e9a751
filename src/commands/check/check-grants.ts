/* What a token can be granted, for what, and under which name it stands in Cloudflare's dashboard. */
import type { ScopeKind } from '../../domain/scope.ts'

export interface Permission {
  /** The permission group's name in the API. */
  readonly permission: string
  /** Where it stands in the dashboard's list of permissions. */
  readonly dashboard: string
  readonly level: ScopeKind
  /** What cannot be done without it. */
  readonly to: string
  /** Whether the exporter needs it; without the others it shows less. */
  readonly needed: boolean
}

export type Ability =
  | 'list accounts'
  | 'list zones'
  | 'account jobs'
  | 'zone jobs'
  | 'zero trust jobs'
  | 'account health'
  | 'zone health'
  | 'notifications'
  | 'audit log'

export const permissions: Readonly<Record<Ability, Permission>> = {
  'list accounts': {
    permission: 'Account Settings Read',
    dashboard: 'Account > Account Settings > Read',
    level: 'account',
    to: 'find accounts and their names, and show who changed a job',
    needed: true,
  },
  'list zones': {
    permission: 'Zone Read',
    dashboard: 'Zone > Zone > Read',
    level: 'zone',
    to: 'find zones',
    needed: true,
  },
  'account jobs': {
    permission: 'Logs Write',
    dashboard: 'Account > Logs > Edit',
    level: 'account',
    to: "list accounts' Logpush jobs",
    needed: true,
  },
  'zone jobs': {
    permission: 'Logs Write',
    dashboard: 'Zone > Logs > Edit',
    level: 'zone',
    to: "list zones' Logpush jobs",
    needed: true,
  },
  'zero trust jobs': {
    permission: 'Zero Trust: PII Read',
    dashboard: 'Account > Zero Trust: PII > Read',
    level: 'account',
    to: 'list any Logpush job where some are for Access, Gateway or DEX',
    needed: true,
  },
  'account health': {
    permission: 'Account Analytics Read',
    dashboard: 'Account > Account Analytics > Read',
    level: 'account',
    to: "read the health of accounts' jobs",
    needed: true,
  },
  'zone health': {
    permission: 'Analytics Read',
    dashboard: 'Zone > Analytics > Read',
    level: 'zone',
    to: "read the health of zones' jobs",
    needed: true,
  },
  notifications: {
    permission: 'Notifications Read',
    dashboard: 'Account > Notifications > Read',
    level: 'account',
    to: 'read the notification history',
    needed: false,
  },
  'audit log': {
    permission: 'Account Settings Read',
    dashboard: 'Account > Account Settings > Read',
    level: 'account',
    to: 'show who changed a job, from the audit log',
    needed: false,
  },
}
