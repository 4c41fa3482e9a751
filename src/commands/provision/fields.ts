import { attempt } from '../../access/attempt.ts'
import { defineCommand } from '../../cli/command.ts'
import { outputOption } from '../../cli/options.ts'
import { columns } from '../../domain/columns.ts'
import { datasetScopes, knownDatasets } from '../../domain/dataset.ts'
import { didYouMean, quoted } from '../../domain/positioned.ts'
import { type Scope, scopeTitle } from '../../domain/scope.ts'
import { exitCode, UserError } from '../../errors.ts'
import { apiCommandSettings } from '../../settings/exporter-settings.ts'
import { setting } from '../../settings/setting.ts'
import { orNone, someText } from '../../settings/setting-kinds.ts'
import { openSession, type Session } from './session.ts'
import { theAccount } from './the-account.ts'

export const command = defineCommand({
  usage: ['DATASET [--zone ZONE] [flags]'],
  options: {
    zone: setting({
      flag: 'zone',
      kind: orNone(someText('a zone id or name', 'ZONE')),
      only: 'flag',
      help: 'Zone to ask, by name or id. Without it, the account is asked.',
    }),
    output: outputOption('text', 'json'),
    ...apiCommandSettings,
  },
  operands: { what: 'one dataset', max: 1 },
  notes: [
    'Lists the fields that a job for this dataset can send, as Cloudflare has them now, with type and meaning. ' +
      'Which fields exist may depend on the plan of the zone or account.',
    `Datasets: ${knownDatasets.toSorted().join(', ')}. Others are asked for as they are written.`,
  ],
  async run({ zone, output, accounts, ...settings }, io, { operands }) {
    const [dataset] = operands
    if (dataset === undefined)
      throw new UserError('fields: name a dataset, e.g. provision fields http_requests')
    requireScopeOf(dataset, zone)
    const session = await openSession({ ...settings, accounts, parallel: 1 }, io)
    const scope =
      zone === null
        ? ({ kind: 'account', ...(await theAccount(accounts, session)) } as const)
        : await theZone(zone, accounts, session)
    const { call, rest } = session
    const found = await attempt(() => call.read((options) => rest.datasetFields(scope, dataset, options)))
    if (!found.ok) {
      if (found.failure.kind !== 'invalid_request' && found.failure.kind !== 'not_found') throw found.failure
      throw new UserError(
        `${quoted(dataset)} in ${scopeTitle(scope)}: ${found.failure.message}${didYouMean(dataset, knownDatasets)}`,
      )
    }
    if (output === 'json') io.stdout(JSON.stringify(Object.fromEntries(found.value), null, 2))
    else if (found.value.size === 0) io.stdout(`${dataset} has no fields in ${scopeTitle(scope)}.`)
    else
      for (const line of columns([...found.value].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(row)))
        io.stdout(line)
    return exitCode.done
  },
})

/** @throws UserError when a dataset that we know does not exist in that kind of scope. */
function requireScopeOf(dataset: string, zone: string | null): void {
  const scopes = datasetScopes(dataset)
  if (scopes === null) return
  if (zone === null && !scopes.includes('account'))
    throw new UserError(`${dataset} is a dataset of zones: name one with --zone`)
  if (zone !== null && !scopes.includes('zone'))
    throw new UserError(`${dataset} is a dataset of accounts: leave --zone out`)
}

async function theZone(named: string, accounts: readonly string[], { rest, call }: Session): Promise<Scope> {
  const account = { id: '', name: '' }
  if (/^[0-9a-f]{32}$/.test(named)) return { kind: 'zone', id: named, name: '', account }
  const { items } = await call.read((options) =>
    rest.listZones({ page: 1, name: named.toLowerCase() }, options),
  )
  const isMeant = ({ id, name }: { readonly id: string; readonly name: string }) =>
    accounts.length === 0 || accounts.includes(id) || accounts.includes(name)
  const zones = items.filter((zone) => isMeant(zone.account))
  const [zone] = zones
  if (zone !== undefined && zones.length === 1) return zone
  throw new UserError(
    zone === undefined
      ? `--zone: the token sees no zone ${quoted(named)}`
      : `--zone: ${zones.length} zones are named ${quoted(named)}; give the id, or the account with --cloudflare.accounts`,
  )
}

/** Cloudflare describes a field as `type; meaning`. */
function row([name, description]: readonly [string, string]): readonly string[] {
  const [first = '', ...rest] = description.split(';')
  return rest.length === 0 ? [name, '', first.trim()] : [name, first.trim(), rest.join(';').trim()]
}
