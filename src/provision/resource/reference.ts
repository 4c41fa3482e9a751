import { didYouMean, quoted } from '../../domain/positioned.ts'

/*
 * `${env:NAME}` and `${file:PATH}` in the texts of a manifest, and `${zone}` and its like, which each job fills in. YAML would read their braces, so they are
 * written as other characters, one for one, before parsing, and back again after it.
 */

export type Reference =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }

/** What a job knows of itself: where it belongs, and what it sends. */
export const variableNames = ['zone', 'zone_id', 'account', 'account_id', 'dataset'] as const
export type VariableName = (typeof variableNames)[number]
export type Variables = Readonly<Record<VariableName, string>>

export interface Variable {
  readonly kind: 'variable'
  readonly name: VariableName
}

/** A text cut into what stands there, what is referred to, and what the job fills in. */
export type TextPart = string | Reference | Variable

export const refEnv = `\${env:NAME}`
export const refFile = `\${file:PATH}`

const open = '\uE000'
const close = '\uE001'

/** Keeps the length of the text, and so every position in it. */
export function hideReferences(yaml: string): string {
  return yaml.replace(/\$\{([^{}\n]*)\}/g, `$$${open}$1${close}`)
}

export function showReferences(text: string): string {
  return text.replace(new RegExp(`\\$${open}([^${close}]*)${close}`, 'g'), '$${$1}')
}

/** What is wrong with the first malformed reference of a text, or the text in parts. */
export function parseReferences(text: string): { parts: readonly TextPart[] } | { mistake: string } {
  const parts: TextPart[] = []
  let rest = 0
  for (const match of text.matchAll(/\$\{([^}]*)\}?/g)) {
    const [whole, inner = ''] = match
    const reference = whole.endsWith('}') ? parseReference(inner) : null
    if (reference === null) return { mistake: mistakeOf(whole, inner) }
    if (reference.kind === 'env' && isOwnVariable(reference.name)) {
      return { mistake: `${whole} is a setting of logpush-exporter itself, which a manifest cannot use` }
    }
    if (match.index > rest) parts.push(text.slice(rest, match.index))
    parts.push(reference)
    rest = match.index + whole.length
  }
  if (rest < text.length || parts.length === 0) parts.push(text.slice(rest))
  return { parts }
}

function parseReference(inner: string): Reference | Variable | null {
  const variable = variableNames.find((name) => name === inner.trim())
  if (variable !== undefined) return { kind: 'variable', name: variable }
  const cut = inner.indexOf(':')
  const kind = inner.slice(0, cut)
  const name = inner.slice(cut + 1).trim()
  if (kind === 'env' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return { kind: 'env', name }
  return kind === 'file' && name !== '' ? { kind: 'file', path: name } : null
}

/** A manifest must not be able to send our own token, or what protects our pages, to a destination. */
function isOwnVariable(name: string): boolean {
  return name.startsWith('LOGPUSH_EXPORTER_') || ownVariables.includes(name)
}

const ownVariables = ['CLOUDFLARE_API_TOKEN', 'PGPASSWORD', 'PGPASSFILE']

function mistakeOf(whole: string, inner: string): string {
  const kind = inner.split(':', 1)[0] ?? ''
  const hint = kind === 'env' || kind === 'file' ? '' : didYouMean(kind, ['env', 'file', ...variableNames])
  return `expected \${env:NAME} or \${file:PATH}, found ${quoted(whole)}${hint}`
}

export function hasReference(text: string): boolean {
  return /\$\{(?:env|file):/.test(text)
}

export function variablesIn(text: string): readonly VariableName[] {
  const parsed = parseReferences(text)
  if ('mistake' in parsed) return []
  return parsed.parts.flatMap((part) =>
    typeof part !== 'string' && part.kind === 'variable' ? [part.name] : [],
  )
}

/** The text with its variables filled in, its references as they are written. */
export function withVariables(text: string, values: Variables): string {
  return text.replace(/\$\{([^}]*)\}/g, (whole, inner: string) => {
    const name = variableNames.find((each) => each === inner.trim())
    return name === undefined ? whole : values[name]
  })
}

export function referenceText(reference: Reference): string {
  return reference.kind === 'env' ? `\${env:${reference.name}}` : `\${file:${reference.path}}`
}

/** Whether a text is these literals in their order, with something between each two. */
export function fitsLiterals(literals: readonly string[], text: string): boolean {
  const pattern = literals.map((literal) => literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.+')
  return new RegExp(`^${pattern}$`, 's').test(text)
}
