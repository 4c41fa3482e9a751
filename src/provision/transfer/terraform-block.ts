import type { Secret } from '../../domain/secret.ts'
import type { Address } from '../resource/resource.ts'
import type { HclAttribute, HclBlock } from './hcl-text.ts'
import { freeName, type Placeholders, variableName } from './placeholders.ts'

/** What the blocks of one file are written with. */
export interface TerraformFile {
  readonly labels: Labels
  readonly names: Placeholders
  readonly notes: string[]
}

/** The variable that stands for a secret of an object, by its name. */
export function variableOf({ names }: TerraformFile, object: Address, field: string, value: Secret | null) {
  return names.nameOf(object, field, value).toLowerCase()
}

/** A resource; what is live is taken over by its id. */
export function resourceBlocks(
  type: string,
  label: string,
  attributes: readonly HclAttribute[],
  liveId: string | null,
): readonly HclBlock[] {
  const resource = { head: `resource "${type}" "${label}"`, attributes }
  if (liveId === null) return [resource]
  const to = { code: `${type}.${label}` }
  return [
    resource,
    {
      head: 'import',
      attributes: [
        ['to', to],
        ['id', liveId],
      ],
    },
  ]
}

export interface Labels {
  /** Terraform's name of an object, e.g. `sre_http`. */
  of(address: Address): string
}

export function createLabels(): Labels {
  const known = new Map<Address, string>()
  const taken = new Set<string>()
  return {
    of(address) {
      const { kind, name, scope } = address
      // Two live objects may share a name: each is known by itself.
      const found = known.get(address)
      if (found !== undefined) return found
      const label = (text: string) => variableName(text).toLowerCase()
      const long = label(`${name} ${scope.name || scope.id}`)
      const free = freeName(label(name), long, (text) => taken.has(`${kind} ${text}`))
      known.set(address, free)
      taken.add(`${kind} ${free}`)
      return free
    },
  }
}
