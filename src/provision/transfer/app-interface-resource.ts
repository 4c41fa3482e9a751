import { isObject } from '../../domain/plain-value.ts'
import { type Fields, textOf } from './foreign-job.ts'

/*
 * Resources in app-interface's files, each with its provisioner: a reference to the file of a Cloudflare account,
 * which says the account's name in app-interface, and not its id.
 */

export interface ProvisionedResource {
  readonly fields: Fields
  readonly provisioner: string | null
}

const accountSchema = '/cloudflare/account-1.yml'

export function isAccountFile(value: unknown): boolean {
  return isObject(value) && value.$schema === accountSchema
}

export function accountFileName(value: unknown): string | null {
  return isObject(value) ? textOf(value.name) : null
}

/** Mappings of these providers, wherever they stand. `accountNames`: names by the path of the account's file. */
export function resourcesIn(
  value: unknown,
  providers: readonly string[],
  accountNames: ReadonlyMap<string, string | null>,
  above: string | null = null,
): readonly ProvisionedResource[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) => resourcesIn(item, providers, accountNames, above))
  }
  if (!isObject(value)) return []
  if (typeof value.provider === 'string' && providers.includes(value.provider)) {
    return [{ fields: value, provisioner: above }]
  }
  const provisioner = provisionerName(value.provisioner, accountNames) ?? above
  return Object.values(value).flatMap((item) => resourcesIn(item, providers, accountNames, provisioner))
}

/** Files say `$ref: /cloudflare/quay/prod.yml`, queries `name: quay-prod`. */
function provisionerName(value: unknown, accountNames: ReadonlyMap<string, string | null>): string | null {
  if (!isObject(value)) return null
  const path = textOf(value.$ref)
  if (path === null) return textOf(value.name)
  const [, named = null] = [...accountNames].find(([file]) => file.endsWith(path)) ?? []
  return named ?? path.replace(/^\/(?:cloudflare\/)?/, '').replace(/\.ya?ml$/, '')
}
