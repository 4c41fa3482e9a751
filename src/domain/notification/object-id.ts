/**
 * Whether two ids of webhooks, PagerDuty services or policies are the same. Cloudflare writes them with or without
 * dashes, and not the same way in a list, in the answer to a create and in a policy.
 */
export function isSameId(a: string, b: string): boolean {
  return plainId(a) === plainId(b)
}

/** The form in which equal ids are equal texts. */
export function plainId(id: string): string {
  return id.replaceAll('-', '').toLowerCase()
}
