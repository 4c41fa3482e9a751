import type { Asked, RawAnswer, Request } from '../api/api-pipeline.ts'
import { hashText, mix } from '../world/prng.ts'
import type { Variant } from './variant.ts'
import { findVariant, variantTable } from './variant-table.ts'

/** A variant in force, everywhere or only where a request's path or body holds a text. */
export interface VariantChoice {
  readonly name: string
  /** E.g. the id of a zone. */
  readonly where?: string
}

export type Variants = ReturnType<typeof createVariants>

/** The variants in force. */
export function createVariants(seed: number, startMs: number) {
  let choices: VariantChoice[] = []
  let contrary = false
  const calls = new Map<string, number>()
  const used = new Map<string, number>()
  const count = ({ name }: Variant): void => void used.set(name, (used.get(name) ?? 0) + 1)
  return {
    /** Throws RangeError for a name that does not exist. */
    enable: (choice: VariantChoice): void => {
      if (findVariant(choice.name) === null) throw new RangeError(`unknown variant "${choice.name}"`)
      choices.push(choice)
    },
    /** Disables it wherever it was in force. */
    disable: (name: string): void => {
      choices = choices.filter((choice) => choice.name !== name)
    },
    /** Disables all, and contrary mode. */
    clear: (): void => {
      choices = []
      contrary = false
    },
    list: (): readonly VariantChoice[] => choices,
    /**
     * Contrary mode: besides those enabled, each answer takes one variant of each endpoint that has any for it,
     * another from call to call, of those that lose nothing but an object added by themselves.
     */
    contrary: (on: boolean): void => {
      contrary = on
    },
    get isContrary() {
      return contrary
    },
    /** How many answers each variant gave or changed. */
    used: (): ReadonlyMap<string, number> => used,
    /** For the pipeline. */
    vary: (request: Request) => {
      const key = `${request.api} ${request.operation}`
      const earlier = calls.get(key) ?? 0
      calls.set(key, earlier + 1)
      const asked = { ...request, earlier, elapsedMs: request.nowMs - startMs }
      const chosen = [
        ...enabledFor(choices, asked),
        ...(contrary ? drawn(seed, asked) : []).map((variant) => ({ variant, where: null })),
      ]
      return {
        instead: (): RawAnswer | null => {
          for (const { variant, where } of chosen) {
            const answer = variant.instead?.({ ...asked, where }) ?? null
            if (answer === null) continue
            count(variant)
            return answer
          }
          return null
        },
        change: (answer: RawAnswer): RawAnswer => {
          if (answer.status >= 400) return answer
          let changed = answer
          for (const { variant, where } of chosen) {
            if (variant.change === undefined) continue
            changed = variant.change(changed, { ...asked, where })
            count(variant)
          }
          return changed
        },
      }
    },
  }
}

type Unplaced = Omit<Asked, 'where'>

function speaksOf({ of }: Variant, { api, operation }: Unplaced): boolean {
  if (typeof of === 'string') return of === 'all' || of === api
  return api === 'rest' && of.includes(operation)
}

function enabledFor(
  choices: readonly VariantChoice[],
  asked: Unplaced,
): readonly { readonly variant: Variant; readonly where: string | null }[] {
  const text = choices.some(({ where }) => where !== undefined)
    ? `${asked.path} ${JSON.stringify(asked.body ?? null)}`
    : ''
  return choices.flatMap(({ name, where }) => {
    const variant = findVariant(name)
    if (variant === null || !speaksOf(variant, asked)) return []
    return where === undefined || text.includes(where) ? [{ variant, where: where ?? null }] : []
  })
}

const drawable = new Set<Variant['cost']>(['nothing', 'itself', 'narrow'])

/** One variant of each endpoint that has any for this request; now and then none. */
function drawn(seed: number, asked: Unplaced): readonly Variant[] {
  const endpoints = new Map<string, Variant[]>()
  for (const variant of variantTable) {
    if (!drawable.has(variant.cost) || !speaksOf(variant, asked)) continue
    const endpoint = variant.name.split('/')[0] ?? ''
    endpoints.set(endpoint, [...(endpoints.get(endpoint) ?? []), variant])
  }
  return [...endpoints].flatMap(([endpoint, variants]) => {
    const place = mix(seed, hashText(seed, `${endpoint} ${asked.operation}`), asked.earlier)
    return variants[place % (variants.length + 1)] ?? []
  })
}
