import { attempt } from '../../access/attempt.ts'
import type { CallOptions } from '../../ports/cloudflare.ts'
import type { ObjectReader } from '../../ports/object-reader.ts'
import { challengeLocations } from './challenge-location.ts'
import type { PlannedProof } from './proof-notes.ts'

/** A file that no challenge is: that it is absent is the good answer. */
const probeName = 'logpush-exporter-probe.txt'

/** Places that are asked; with more, the rest is only seen by apply. */
const maxProbes = 10

/**
 * Tries whether this machine can read where challenge files will lie. Reads only, once for each destination. A refusal
 * says nothing: a store refuses an absent file to whoever may read files and not list them.
 */
export async function probeProofs(
  proofs: readonly PlannedProof[],
  reader: ObjectReader,
  options: CallOptions,
): Promise<readonly PlannedProof[]> {
  const due = proofs.filter(({ how }) => how === 'read').slice(0, maxProbes)
  const problems = new Map(
    await Promise.all(due.map(async (proof) => [proof, await problemOf(proof, reader, options)] as const)),
  )
  return proofs.map((proof) => ({ ...proof, problem: problems.get(proof) ?? null }))
}

async function problemOf(
  { need }: PlannedProof,
  reader: ObjectReader,
  options: CallOptions,
): Promise<string | null> {
  const [place] = challengeLocations(need.destinationConf, probeName)
  if (place === undefined) return null
  const read = await attempt(() => reader.read(place, options))
  return read.ok || read.failure.kind === 'forbidden' ? null : read.failure.message
}
