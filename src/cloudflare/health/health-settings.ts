/* What the `settings` node says of a scope's health data. */
import * as z from 'zod/mini'
import type { HealthLimits } from '../../domain/ledger/health-row.ts'
import { mapped } from '../fields.ts'
import { optionalFields } from './health-query.ts'

/** A uint64 comes as a number, or as a text where a server keeps all digits. */
const count = z.union([z.number().check(z.nonnegative()), mapped(z.string().check(z.regex(/^\d+$/)), Number)])

const wireLimits = z.object({
  enabled: z.boolean(),
  maxDuration: count,
  notOlderThan: count,
  maxPageSize: count,
  availableFields: z.catch(z.nullish(z.array(z.string())), null),
})

const wireSettings = z.object({ logpushHealthAdaptiveGroups: z.nullish(wireLimits) })

/** The `settings` node of a scope; null where the scope has no such dataset. */
export const healthLimits = mapped(z.nullish(wireSettings), (settings) =>
  toLimits(settings?.logpushHealthAdaptiveGroups ?? null),
)

function toLimits(wire: z.output<typeof wireLimits> | null): HealthLimits | null {
  if (wire === null) return null
  return {
    enabled: wire.enabled,
    maxDurationSeconds: wire.maxDuration,
    notOlderThanSeconds: wire.notOlderThan,
    maxPageSize: wire.maxPageSize,
    optionalFields: mayReadOptional(wire.availableFields ?? []),
  }
}

/** `availableFields` has names like `sum_uploads`. A list without that one is of another kind and says nothing. */
function mayReadOptional(available: readonly string[]): boolean {
  const names = new Set(available.map((name) => name.toLowerCase().replaceAll('.', '_')))
  return !names.has('sum_uploads') || optionalFields.every((name) => names.has(name.toLowerCase()))
}
