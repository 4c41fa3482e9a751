import { type GraphQLResolveInfo, Kind, type SelectionNode, type SelectionSetNode } from 'graphql'
import { mayReach } from '../api/access.ts'
import type { JsonRecord } from '../api/json-shape.ts'
import type { RateLimiter } from '../api/rate-limits.ts'
import type { World } from '../world/world.ts'
import type { ScopeRef, TokenSpec } from '../world/world-spec.ts'
import { healthSettingsOf } from '../world/world-state.ts'
import { queryErrors } from './graphql-error.ts'
import { availableFields } from './graphql-sdl.ts'
import { compileFilter } from './health-filter.ts'
import { type HealthGroup, healthGroups, sortGroups } from './health-groups.ts'

/** What a query may know while it runs. */
export interface QueryContext {
  readonly world: World
  readonly token: TokenSpec
  readonly nowMs: number
  /** Remaining queries of the token. */
  readonly budget: number
  /** Counts per account and zone; null in the usual mode, where the token was charged already. */
  readonly scopeLimiter: RateLimiter | null
  /** Most rows per node, however many are asked for: a fault. */
  readonly rowCap: number
}

interface ZonesArgs {
  readonly filter?: {
    readonly zoneTag?: string
    readonly zoneTag_in?: readonly string[]
    readonly zoneTag_gt?: string
  }
  readonly limit?: number
}

interface HealthArgs {
  readonly filter: JsonRecord
  readonly limit: number
  readonly orderBy?: readonly string[]
}

/** The root of every query; graphql calls the functions with arguments, context and info. */
export const rootValue = {
  cost: () => 1,
  viewer: () => ({
    budget: (_: unknown, context: QueryContext) => context.budget,
    accounts: (args: { readonly filter?: { readonly accountTag: string } }, context: QueryContext) => {
      if (args.filter === undefined) throw queryErrors.missingFilter('accounts')
      return [accountNode(args.filter.accountTag, context)]
    },
    zones: (args: ZonesArgs, context: QueryContext) => {
      if (context.scopeLimiter !== null && args.filter?.zoneTag === undefined) throw queryErrors.listOfZones()
      const zones = selectZones(args, context, undefined)
      for (const id of zones) charge(context, 'Zone', id)
      return zones.map(zoneNode)
    },
  }),
}

function charge(context: QueryContext, kind: 'Account' | 'Zone', id: string): void {
  if (context.scopeLimiter?.charge(id, context.nowMs).allowed === false)
    throw queryErrors.scopeDepleted(kind, id)
}

function accountNode(id: string, context: QueryContext) {
  const scope: ScopeRef = { kind: 'account', id }
  const zonesOfAccount = context.world.zones().filter((zone) => zone.accountId === id)
  const known =
    mayReach(context, scope, ['account_analytics_read']) ||
    zonesOfAccount.some((zone) => mayReach(context, { kind: 'zone', id: zone.id }, ['analytics_read']))
  if (!known) throw queryErrors.account()
  charge(context, 'Account', id)
  return {
    accountTag: id,
    zones: (args: ZonesArgs, nested: QueryContext) => selectZones(args, nested, id).map(zoneNode),
    ...healthNode(scope),
  }
}

function zoneNode(id: string) {
  return { zoneTag: id, ...healthNode({ kind: 'zone', id }) }
}

const maxZones = 10

function selectZones(
  args: ZonesArgs,
  context: QueryContext,
  accountId: string | undefined,
): readonly string[] {
  const { zoneTag, zoneTag_in: list, zoneTag_gt: after } = args.filter ?? {}
  const readable = (id: string): boolean =>
    mayReach(context, { kind: 'zone', id }, ['analytics_read']) &&
    (accountId === undefined || context.world.state.zones.get(id)?.accountId === accountId)
  const limit = args.limit ?? maxZones
  if (zoneTag !== undefined || list !== undefined) {
    const wanted = [...new Set([...(zoneTag === undefined ? [] : [zoneTag]), ...(list ?? [])])]
    if (wanted.length > maxZones) throw queryErrors.tooManyZones()
    const refused = wanted.filter((id) => !readable(id))
    if (refused.length > 0) throw queryErrors.zones(refused)
    return wanted.slice(0, limit)
  }
  if (limit > maxZones) throw queryErrors.tooManyZones()
  return context.world
    .zones()
    .map(({ id }) => id)
    .filter((id) => (after === undefined || id > after) && readable(id))
    .sort()
    .slice(0, limit)
}

function healthNode(scope: ScopeRef) {
  return {
    settings: (_: unknown, context: QueryContext) => ({
      logpushHealthAdaptiveGroups: {
        ...healthSettingsOf(context.world.state, scope),
        availableFields: availableFields(),
      },
    }),
    logpushHealthAdaptiveGroups: (args: HealthArgs, context: QueryContext, info: GraphQLResolveInfo) =>
      readHealth(scope, args, context, info),
  }
}

function readHealth(
  scope: ScopeRef,
  args: HealthArgs,
  context: QueryContext,
  info: GraphQLResolveInfo,
): HealthGroup[] {
  const settings = healthSettingsOf(context.world.state, scope)
  const permission = scope.kind === 'account' ? 'account_analytics_read' : 'analytics_read'
  if (!mayReach(context, scope, [permission]))
    throw scope.kind === 'account' ? queryErrors.account() : queryErrors.actor(scope.id)
  if (!settings.enabled) throw queryErrors.path(scope.kind, scope.id)
  if (args.limit < 1 || args.limit > settings.maxPageSize) throw queryErrors.limit(settings.maxPageSize)
  const filter = compileFilter(args.filter)
  const { fromMs, toMs } = filter.bounds
  if (fromMs < context.nowMs - settings.notOlderThan * 1000) throw queryErrors.tooOld(settings.notOlderThan)
  if (Math.min(toMs, context.nowMs) - fromMs > settings.maxDuration * 1000)
    throw queryErrors.tooWide(settings.maxDuration)
  const selected = info.fieldNodes.map(({ selectionSet }) => selectionSet)
  const fields = leafPaths(selected, info)
  if (fields.length > settings.maxNumberOfFields) throw queryErrors.tooManyFields(settings.maxNumberOfFields)
  const groupBy = new Set(
    fields
      .filter(([parent]) => parent === 'dimensions')
      .flatMap(([, name]) => (name === undefined ? [] : [name])),
  )
  const groups = healthGroups(context.world.state, scope, filter, [...groupBy], context.nowMs)
  return sortGroups(groups, args.orderBy ?? []).slice(0, Math.min(args.limit, context.rowCap))
}

/** The paths of all leaf fields under some selections, fragments included. */
function leafPaths(
  sets: readonly (SelectionSetNode | undefined)[],
  info: GraphQLResolveInfo,
  parent: readonly string[] = [],
): (readonly string[])[] {
  const under = (selection: SelectionNode): (readonly string[])[] => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return leafPaths([selection.selectionSet], info, parent)
    const name = selection.name.value
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      return leafPaths([info.fragments[name]?.selectionSet], info, parent)
    }
    if (name.startsWith('__')) return []
    const path = [...parent, name]
    return selection.selectionSet === undefined ? [path] : leafPaths([selection.selectionSet], info, path)
  }
  return sets.flatMap((set) => (set?.selections ?? []).flatMap(under))
}
