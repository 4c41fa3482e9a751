import { alertingVariants } from './alerting-variants.ts'
import { auditVariants } from './audit-variants.ts'
import { destinationVariants } from './destination-variants.ts'
import { directoryVariants } from './directory-variants.ts'
import { envelopeVariants } from './envelope-variants.ts'
import { graphqlLimits } from './graphql-limits.ts'
import { graphqlRefusals } from './graphql-refusals.ts'
import { graphqlVariants } from './graphql-variants.ts'
import { jobRefusals } from './job-refusals.ts'
import { jobVariants } from './job-variants.ts'
import { policyVariants } from './policy-variants.ts'
import type { Variant } from './variant.ts'

/** Every variant, endpoint by endpoint. */
export const variantTable: readonly Variant[] = [
  ...envelopeVariants,
  ...directoryVariants,
  ...jobVariants,
  ...jobRefusals,
  ...destinationVariants,
  ...policyVariants,
  ...alertingVariants,
  ...auditVariants,
  ...graphqlVariants,
  ...graphqlLimits,
  ...graphqlRefusals,
]

export function findVariant(name: string): Variant | null {
  return variantTable.find((variant) => variant.name === name) ?? null
}

/** A line for each variant, as `simulate --variants` prints them. */
export function variantLines(): readonly string[] {
  const width = Math.max(...variantTable.map(({ name }) => name.length))
  return variantTable.map(({ name, does }) => `${name.padEnd(width)}  ${does}`)
}
