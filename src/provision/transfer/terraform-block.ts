import type { Address } from '../resource/resource.ts'
import type { HclBlock } from './hcl-text.ts'
import { variableName } from './placeholders.ts'

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
      const candidates = [
        label(name),
        long,
        ...Array.from({ length: 999 }, (_, index) => `${long}_${index + 2}`),
      ]
      const free = candidates.find((candidate) => !taken.has(`${kind} ${candidate}`)) ?? long
      known.set(address, free)
      taken.add(`${kind} ${free}`)
      return free
    },
  }
}

/** Takes over what is live; nothing when the id is not known. */
export function importBlock(type: string, label: string, id: string | null): readonly HclBlock[] {
  return id === null
    ? []
    : [
        {
          head: 'import',
          attributes: [
            ['to', { code: `${type}.${label}` }],
            ['id', id],
          ],
        },
      ]
}
