import type { Source } from './report.ts'
import type { ManifestValue } from './schema.ts'

/** One file, its shape checked, its defaults laid under its jobs. */
export interface ManifestPart {
  readonly source: Source
  readonly value: ManifestValue
}

export interface Manifest {
  /** At least one, in the order given. */
  readonly parts: readonly ManifestPart[]
}
