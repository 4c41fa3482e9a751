import { hiddenValues } from '../domain/destination/hidden-values.ts'
import { redactConf } from '../domain/destination/redaction.ts'
import { scrub } from '../domain/error-text.ts'
import type { Secret } from '../domain/secret.ts'
import { maskSecrets } from '../domain/secret-forms.ts'

/**
 * A text of Cloudflare's made fit for a message. Secrets that the call itself sent are taken out by their own
 * letters first, since Cloudflare may quote them in any form; the general scrubbing follows. Of an address only
 * what is hidden elsewhere too is taken out: which bucket it was is what a person needs to know.
 */
export function redact(text: string, secrets: readonly Secret[]): string {
  const values = secrets.map((secret) => secret.reveal())
  const addresses = values.filter((value) => value.includes('://'))
  const shown = addresses.reduce(
    (quoted, address) => quoted.replaceAll(address, () => redactConf(address).redacted),
    text,
  )
  const hidden = [...values.filter((value) => !addresses.includes(value)), ...addresses.flatMap(hiddenValues)]
  return scrub(maskSecrets(shown, hidden)).replace(/\s+/g, ' ').trim()
}
