import { isObject } from '../../domain/plain-value.ts'
import { type Fields, textOf } from './foreign-job.ts'
import { configuredZones, type ZoneOf } from './terraform-zones.ts'

/* Resources out of what Terraform knows: a state file, or `terraform show -json` of a state or a plan. */

/** The provider's names of what is brought from and to Terraform. */
export const terraformTypes = {
  job: 'cloudflare_logpush_job',
  challenge: 'cloudflare_logpush_ownership_challenge',
  webhook: 'cloudflare_notification_policy_webhooks',
  policy: 'cloudflare_notification_policy',
} as const

export interface StateResource {
  readonly type: string
  /** `module.logs.cloudflare_logpush_job.http["a"]` */
  readonly address: string
  readonly values: Fields
  /** Name of the zone it is in, where its id is only known once Terraform was applied. */
  readonly zoneName: string | null
  /** What a replacement left behind: Terraform deletes it with the next apply. */
  readonly isDeposed: boolean
}

export function isTerraform(json: unknown): boolean {
  return isObject(json) && ('terraform_version' in json || 'format_version' in json)
}

export function terraformResources(json: unknown): readonly StateResource[] {
  if (!isObject(json)) return []
  const module = inside(json.planned_values) ?? inside(json.values)
  if (module === null) return stateResources(json)
  const all = resourcesBelow(module)
  return moduleResources(all, configuredZones(json, all))
}

function inside(values: unknown): Fields | null {
  return isObject(values) && isObject(values.root_module) ? values.root_module : null
}

function resourcesBelow(module: Fields): readonly Fields[] {
  return [...listOf(module.resources), ...listOf(module.child_modules).flatMap(resourcesBelow)]
}

/** `terraform show -json`. */
function moduleResources(resources: readonly Fields[], zoneOf: ZoneOf): readonly StateResource[] {
  return resources.flatMap(({ mode, type, address, values, deposed_key }): StateResource[] => {
    if (mode === 'data' || typeof type !== 'string' || !isObject(values)) return []
    const where = textOf(address) ?? type
    return [
      { type, address: where, values, zoneName: zoneOf(where), isDeposed: textOf(deposed_key) !== null },
    ]
  })
}

function stateResources(state: Fields): readonly StateResource[] {
  return listOf(state.resources).flatMap(({ type, mode, module, name, instances }) => {
    if (mode === 'data' || typeof type !== 'string') return []
    const address = [textOf(module), type, textOf(name)].filter((part) => part !== null).join('.')
    return listOf(instances).flatMap(({ attributes, index_key, deposed }): StateResource[] => {
      if (!isObject(attributes)) return []
      const index = index_key === undefined ? '' : `[${JSON.stringify(index_key)}]`
      const isDeposed = textOf(deposed) !== null
      return [{ type, address: `${address}${index}`, values: attributes, zoneName: null, isDeposed }]
    })
  })
}

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}
