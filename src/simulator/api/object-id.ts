/** The id of a webhook, service or policy as the world keeps it: the API takes it with and without dashes. */
export function plainId(id: string): string {
  return id.replaceAll('-', '').toLowerCase()
}
