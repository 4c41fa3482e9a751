import { scryptSync } from 'node:crypto'
import type { Secret } from '../../domain/secret.ts'
import { addressKey, type Desired } from '../resource/resource.ts'
import type { Change } from './change.ts'

/*
 * What stands for the secrets of a plan in its file, so that an apply sees when one has another value than the plan
 * was made with: a plan says of a secret only that it is new or changed.
 */

/** A slow hash under a salt of its own, since the file may be an artifact that others can read. */
export interface SealedSecrets {
  /** Random, hexadecimal. */
  readonly salt: string
  readonly hash: string
}

export function sealSecrets(changes: readonly Change[], salt: string): SealedSecrets {
  const secrets = changes.flatMap((change) => (change.change === 'delete' ? [] : [secretsOf(change.desired)]))
  return { salt, hash: scryptSync(JSON.stringify(secrets), salt, 32).toString('hex') }
}

export function isSealOf({ salt, hash }: SealedSecrets, changes: readonly Change[]): boolean {
  return sealSecrets(changes, salt).hash === hash
}

function secretsOf(desired: Desired): readonly (string | null)[] {
  const key = addressKey(desired.resource)
  const open = (secret: Secret | null) => secret?.reveal() ?? null
  switch (desired.kind) {
    case 'job': {
      const { ownership, resource } = desired
      return [key, open(resource.destinationConf), ownership.how === 'token' ? open(ownership.token) : null]
    }
    case 'webhook':
      return [key, open(desired.resource.url), open(desired.secret)]
    case 'policy':
      return [key]
  }
}
