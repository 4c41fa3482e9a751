import { didYouMean, quoted } from '../../domain/positioned.ts'

/*
 * `${env:NAME}` and `${file:PATH}` in the texts of a manifest. YAML would read their braces, so they are
 * written as other characters, one for one, before parsing, and back again after it.
 */

export type Reference =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }

/** A text cut into what stands there and what is referred to. */
export type TextPart = string | Reference

/** What a reference looks like, for messages. */
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
    if (match.index > rest) parts.push(text.slice(rest, match.index))
    parts.push(reference)
    rest = match.index + whole.length
  }
  if (rest < text.length || parts.length === 0) parts.push(text.slice(rest))
  return { parts }
}

function parseReference(inner: string): Reference | null {
  const cut = inner.indexOf(':')
  const kind = inner.slice(0, cut)
  const name = inner.slice(cut + 1).trim()
  if (kind === 'env' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return { kind: 'env', name }
  return kind === 'file' && name !== '' ? { kind: 'file', path: name } : null
}

function mistakeOf(whole: string, inner: string): string {
  const kind = inner.split(':', 1)[0] ?? ''
  const hint = kind === 'env' || kind === 'file' ? '' : didYouMean(kind, ['env', 'file'])
  return `expected \${env:NAME} or \${file:PATH}, found ${quoted(whole)}${hint}`
}

export function hasReference(text: string): boolean {
  return /\$\{(?:env|file):/.test(text)
}

export function referenceText(reference: Reference): string {
  return reference.kind === 'env' ? `\${env:${reference.name}}` : `\${file:${reference.path}}`
}
