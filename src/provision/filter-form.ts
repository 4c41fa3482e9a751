/** The operators Cloudflare's filters know. */
export const filterOperators = [
  'eq',
  '!eq',
  'lt',
  'leq',
  'gt',
  'geq',
  'startsWith',
  'endsWith',
  '!startsWith',
  '!endsWith',
  'contains',
  '!contains',
  'in',
  '!in',
] as const

/** Cloudflare's limits of a filter. */
export const mostOperators = 30
export const mostFilterBytes = 1000
