/*
 * Randomness without state: a number is a pure function of the seed and what it is asked for, so any
 * minute of the simulated past can be made again at any time, in any order, with the same result.
 */

function stir(hash: number, value: number): number {
  let k = Math.imul(value | 0, 0xcc9e2d51)
  k = (k << 15) | (k >>> 17)
  k = Math.imul(k, 0x1b873593)
  let h = hash ^ k
  h = (h << 13) | (h >>> 19)
  return (Math.imul(h, 5) + 0xe6546b64) | 0
}

function settle(hash: number): number {
  let h = hash
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** 32 random bits that depend on all three numbers (taken as 32-bit integers). */
export function mix(seed: number, a: number, b: number): number {
  return settle(stir(stir(seed | 0, a), b))
}

/** A number in [0, 1) that depends on all three numbers. */
export function uniform(seed: number, a: number, b: number): number {
  return mix(seed, a, b) / 4_294_967_296
}

/** 32 bits made of a text. */
export function hashText(seed: number, text: string): number {
  let hash = seed | 0
  for (let i = 0; i < text.length; i += 1) hash = stir(hash, text.charCodeAt(i))
  return settle(hash)
}

/** 32 hex characters that belong to a name, as Cloudflare's ids look. */
export function hexId(seed: number, name: string): string {
  const root = hashText(seed, name)
  let id = ''
  for (let part = 0; part < 4; part += 1) id += mix(root, seed, part).toString(16).padStart(8, '0')
  return id
}

/** A sequence of numbers in [0, 1): the only randomness with state, for faults that happen by chance. */
export function randomSequence(seed: number): () => number {
  let step = 0
  return () => {
    step += 1
    return uniform(seed, step, 0x5eed)
  }
}
