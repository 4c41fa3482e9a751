import { isObject } from '../../domain/plain-value.ts'
import { type Fields, textOf } from './foreign-job.ts'

/* A plan that makes a zone knows its name and not its id: of a job in it, only the configuration tells the zone. */

/** The name of the zone that a resource's `zone_id` refers to; null where that cannot be told. */
export type ZoneOf = (address: string) => string | null

const zoneType = 'cloudflare_zone'

export function configuredZones(json: Fields, planned: readonly Fields[]): ZoneOf {
  const root = isObject(json.configuration) ? json.configuration.root_module : null
  const names = new Map(
    planned.flatMap(({ type, address, values }) => {
      if (type !== zoneType || !isObject(values)) return []
      // Version 4 calls it `zone`, version 5 `name`.
      const name = textOf(values.zone) ?? textOf(values.name)
      return name === null ? [] : [[textOf(address) ?? '', name] as const]
    }),
  )
  return (address) => {
    const { modules, resource, index } = partsOf(address)
    const config = modules.reduce<unknown>((module, name) => calledModule(module, name), root)
    const prefix =
      modules.length === 0 ? '' : address.slice(0, address.length - resource.length - index.length)
    for (const reference of zoneReferences(config, resource)) {
      const name = names.get(`${prefix}${reference}`) ?? names.get(`${prefix}${reference}${index}`)
      if (name !== undefined) return name
    }
    return null
  }
}

/** `module.a["x"].module.b.cloudflare_logpush_job.http[0]` → a and b, the resource, and its index. */
function partsOf(address: string): {
  readonly modules: readonly string[]
  readonly resource: string
  readonly index: string
} {
  const modules = [...address.matchAll(/(?:^|\.)module\.([\w-]+)/g)].map(([, name = '']) => name)
  const [, resource = '', index = ''] = /([\w-]+\.[\w-]+)(\[[^\]]*\])?$/.exec(address) ?? []
  return { modules, resource, index }
}

function calledModule(module: unknown, name: string): unknown {
  const calls = isObject(module) ? module.module_calls : null
  const call = isObject(calls) ? calls[name] : null
  return isObject(call) ? call.module : null
}

/** `cloudflare_zone.quay` of each zone that the resource's `zone_id` refers to. */
function zoneReferences(module: unknown, address: string): readonly string[] {
  const resources = isObject(module) && Array.isArray(module.resources) ? module.resources : []
  const resource: unknown = resources.find((one: unknown) => isObject(one) && one.address === address)
  const expressions = isObject(resource) && isObject(resource.expressions) ? resource.expressions : {}
  const { references } = isObject(expressions.zone_id) ? expressions.zone_id : { references: null }
  const texts = Array.isArray(references) ? references.flatMap((text) => textOf(text) ?? []) : []
  return texts.filter((text) => text.startsWith(`${zoneType}.`)).map((text) => text.replace(/\.id$/, ''))
}
