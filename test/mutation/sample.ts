import type { Mutant } from './mutants.ts'

/** Kinds that say little, or that are made by the dozen, come less often. */
function weight({ kind, after }: Mutant): number {
  if (kind === 'string') return 0.2
  if (kind === 'number') return 0.4
  if (kind === 'array' || (kind === 'condition' && after === 'true')) return 0.6
  return 1
}

/** A generator of numbers in [0, 1), the same ones for the same seed and name (mulberry32). */
export function randomOf(seed: number, name: string): () => number {
  let state = seed
  for (const letter of name) state = Math.imul(state ^ letter.charCodeAt(0), 0x01000193)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Mutants in a weighted random order; a line gives no more than its first one. */
export function shuffled(mutants: readonly Mutant[], random: () => number): readonly Mutant[] {
  const lines = new Set<string>()
  return mutants
    .map((mutant) => ({ mutant, rank: random() ** (1 / weight(mutant)) }))
    .sort((a, b) => b.rank - a.rank)
    .flatMap(({ mutant }) => {
      const line = `${mutant.path}:${mutant.line}`
      if (lines.has(line)) return []
      lines.add(line)
      return [mutant]
    })
}
