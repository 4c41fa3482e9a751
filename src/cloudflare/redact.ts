import { hiddenValues } from '../domain/destination/hidden-values.ts'
import { scrub } from '../domain/error-text.ts'
import type { Secret } from '../domain/secret.ts'
import { maskSecrets } from '../domain/secret-forms.ts'

/**
 * A text of Cloudflare's made fit for a message. Secrets that the call itself sent are taken out by their own
 * letters first, since Cloudflare may quote them in any form; the general scrubbing follows.
 */
export function redact(text: string, secrets: readonly Secret[]): string {
  return scrub(maskSecrets(text, secrets.flatMap(valuesOf)))
    .replace(/\s+/g, ' ')
    .trim()
}

/** A secret as a whole and, if it is an address, what of it is shown nowhere. */
function valuesOf(secret: Secret): readonly string[] {
  const text = secret.reveal()
  return text.includes('://') ? [text, ...hiddenValues(text)] : [text]
}
