/*
 * Texts that are most likely a secret although their place need not hold one: a manifest is meant to be read by many.
 */

/** Services whose addresses are the secret: who knows one can write there. */
const chatAddress =
  /^https:\/\/(?:hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)|chat\.googleapis\.com\/v1\/spaces|(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks|open\.(?:feishu\.cn|larksuite\.com)\/open-apis\/bot|[\w.-]+\.webhook\.office\.com\/webhook)\//i

const tellingName =
  /auth|token|key|secret|passw|cookie|credential|signature|(?:^|[-_])sig$|^x-honeycomb-team$/i

/** Whether a header or parameter of this name usually holds a secret. */
export function isTellingName(name: string): boolean {
  return tellingName.test(name)
}

/** Whether an address holds a secret as it stands: that of a chat service, a password, a token in path or query. */
export function isTellingAddress(text: string): boolean {
  const literal = text.replaceAll(/\$\{[^}]*\}/g, '')
  if (chatAddress.test(literal)) return true
  if (!URL.canParse(literal)) return false
  const { password, pathname, searchParams } = new URL(literal)
  return (
    password !== '' ||
    [...searchParams].some(([name, value]) => value !== '' && isTellingName(name)) ||
    pathname.split('/').some(looksRandom)
  )
}

/** A long run of letters and digits mixed, as no word, date or version is. */
function looksRandom(segment: string): boolean {
  const runs = segment.match(/[A-Za-z0-9]{16,}/g) ?? []
  return runs.some((run) => run.replaceAll(/\D/g, '').length >= 3 && run.replaceAll(/\d/g, '').length >= 3)
}
