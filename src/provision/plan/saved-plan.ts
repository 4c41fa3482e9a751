import { createHash } from 'node:crypto'
import * as z from 'zod'
import { exitCode, UserError } from '../../errors.ts'
import type { ManifestText } from '../manifest/manifest.ts'
import { canonicalJson, isJsonValue, type JsonValue, parseJson } from '../resource/json-value.ts'
import type { Change } from './change.ts'
import type { PlanJson } from './plan-json.ts'
import { isSealOf, type SealedSecrets } from './sealed-secrets.ts'

/*
 * A plan in a file, so that exactly what was reviewed is applied. It holds no secret, only a hash of them all: applying
 * it reads the manifest again, plans again, and refuses when anything is not what it was. The checksum is over all of it.
 */

const format = 'logpush-exporter plan'
const version = 2

export interface SavedPlan {
  /** The manifest it was made from: the paths as given on the command line. */
  readonly manifest: { readonly paths: readonly string[]; readonly checksum: string }
  readonly targets: readonly string[]
  readonly rotate: readonly string[]
  readonly secrets: SealedSecrets
  readonly plan: JsonValue
}

/** A checksum of the manifest's texts, in which secrets are only references. */
export function manifestChecksum(texts: readonly ManifestText[]): string {
  return sha256(canonicalJson(texts.map(({ file, text }) => [file, sha256(text)])))
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** What of a plan must come out the same again: notes may be reworded, and what is lost has a time that moves on. */
function essence({ changes }: PlanJson): JsonValue {
  const value = { changes: changes.map(({ lost: _, ...change }) => change) }
  return isJsonValue(value) ? value : null
}

export function savePlan(saved: Omit<SavedPlan, 'plan'>, plan: PlanJson): string {
  const whole = { format, version, ...saved, plan: essence(plan) }
  return `${JSON.stringify({ ...whole, checksum: checksumOf(whole) }, null, 2)}\n`
}

function checksumOf(whole: object): string {
  const value: unknown = { ...whole }
  return sha256(isJsonValue(value) ? canonicalJson(value) : '')
}

const shape = z.object({
  format: z.literal(format),
  version: z.number(),
  manifest: z.object({ paths: z.array(z.string()), checksum: z.string() }),
  targets: z.array(z.string()),
  rotate: z.array(z.string()),
  secrets: z.object({ salt: z.string(), hash: z.string() }),
  plan: z.unknown(),
  checksum: z.string(),
})

const otherVersion = z.object({
  format: z.literal(format),
  version: z.number().refine((one) => one !== version),
})

/** @throws UserError when the text is no saved plan, or was changed after it was saved. */
export function readSavedPlan(file: string, text: string): SavedPlan {
  const json = parseJson(text)
  if (otherVersion.safeParse(json).success) {
    throw new UserError(`${file}: saved by another version of this program; run plan again`, exitCode.usage)
  }
  const parsed = shape.safeParse(json)
  if (!parsed.success) {
    throw new UserError(
      `${file}: not a saved plan; create one with "provision plan --out ${file}"`,
      exitCode.usage,
    )
  }
  const { checksum, ...whole } = parsed.data
  if (checksumOf(whole) !== checksum || !isJsonValue(whole.plan)) {
    throw new UserError(`${file}: changed since it was saved; run plan again`, exitCode.failure)
  }
  const { manifest, targets, rotate, secrets, plan } = whole
  return { manifest, targets, rotate, secrets, plan }
}

/** Why a saved plan cannot be applied now, in words; null when it can. */
export function whyOutdated(
  saved: SavedPlan,
  now: {
    readonly texts: readonly ManifestText[]
    readonly changes: readonly Change[]
    readonly plan: PlanJson
  },
): string | null {
  if (manifestChecksum(now.texts) !== saved.manifest.checksum) {
    return 'the manifest has changed since the plan was made; run plan again'
  }
  if (canonicalJson(essence(now.plan)) !== canonicalJson(saved.plan)) {
    return 'the live configuration has changed since the plan was made; run plan again'
  }
  return isSealOf(saved.secrets, now.changes)
    ? null
    : 'a secret has another value than when the plan was made; run plan again'
}
