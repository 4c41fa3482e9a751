/* What a token can be granted, for what, and under which name it stands in Cloudflare's dashboard. */
import type { ScopeKind } from '../../domain/scope.ts'

export interface Permission {
  /** The permission group's name in the API. */
  readonly permission: string
  /** Where it stands in the dashboard's list of permissions. */
  readonly dashboard: string
  readonly level: ScopeKind
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
  'list accounts': permission(
    'account',
    'Account Settings Read',
    'find accounts and their names, and show who changed a job',
  ),
  'list zones': permission('zone', 'Zone Read', 'find zones'),
  'account jobs': permission('account', 'Logs Write', "list accounts' Logpush jobs"),
  'zone jobs': permission('zone', 'Logs Write', "list zones' Logpush jobs"),
  'zero trust jobs': permission(
    'account',
    'Zero Trust: PII Read',
    'list any Logpush job where some are for Access, Gateway or DEX',
  ),
  'account health': permission('account', 'Account Analytics Read', "read the health of accounts' jobs"),
  'zone health': permission('zone', 'Analytics Read', "read the health of zones' jobs"),
  notifications: optional(permission('account', 'Notifications Read', 'read the notification history')),
  'audit log': optional(
    permission('account', 'Account Settings Read', 'show who changed a job, from the audit log'),
  ),
}

function permission(level: ScopeKind, name: string, to: string): Permission {
  const [, group, verb] = /^(.*) (\w+)$/.exec(name) ?? []
  // The dashboard calls writing "Edit".
  const dashboard = `${level === 'account' ? 'Account' : 'Zone'} > ${group} > ${verb === 'Write' ? 'Edit' : verb}`
  return { permission: name, dashboard, level, to, needed: true }
}

function optional(one: Permission): Permission {
  return { ...one, needed: false }
}
