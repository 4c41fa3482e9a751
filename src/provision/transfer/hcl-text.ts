import { columns } from '../../domain/columns.ts'

/*
 * Terraform's language as text, formatted as `terraform fmt` does it: two spaces a level, the equals signs of
 * neighbouring lines under each other, an attribute over several lines on its own.
 */

/** `code` is written as it is, e.g. `var.token`. */
export type HclValue =
  | string
  | number
  | boolean
  | { readonly code: string }
  | readonly HclValue[]
  | { readonly object: readonly HclAttribute[] }

/** Without a value it is left out. */
export type HclAttribute = readonly [name: string, value: HclValue | null]

export interface HclBlock {
  /** What stands before the brace, e.g. `resource "cloudflare_logpush_job" "http"`. */
  readonly head: string
  readonly attributes: readonly HclAttribute[]
  readonly blocks?: readonly HclBlock[]
}

export function hclText(blocks: readonly HclBlock[]): string {
  return blocks.map((block) => `${blockLines(block).join('\n')}\n`).join('\n')
}

function blockLines({ head, attributes, blocks = [] }: HclBlock): readonly string[] {
  const inner = [...attributeLines(attributes), ...blocks.flatMap(blockLines)]
  return [`${head} {`, ...inner.map(indented), '}']
}

function indented(line: string): string {
  return line === '' ? '' : `  ${line}`
}

function oneLine(value: HclValue): string | null {
  if (typeof value === 'string') return hclString(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if ('code' in value) return value.code
  if ('object' in value) return null
  const items = value.map(oneLine)
  const line = `[${items.join(', ')}]`
  return items.includes(null) || line.length > 100 ? null : line
}

function attributeLines(attributes: readonly HclAttribute[]): readonly string[] {
  const lines: string[] = []
  let run: (readonly [string, string])[] = []
  const endRun = (): void => {
    lines.push(...columns(run, ' = '))
    run = []
  }
  for (const [name, value] of attributes) {
    if (value === null) continue
    const text = oneLine(value)
    if (text !== null) {
      run.push([name, text])
      continue
    }
    endRun()
    const [first = '', ...rest] = valueLines(value)
    lines.push(`${name} = ${first}`, ...rest)
  }
  endRun()
  return lines
}

function valueLines(value: HclValue): readonly string[] {
  const text = oneLine(value)
  if (text !== null) return [text]
  if (isList(value)) {
    const items = value.flatMap((item) => {
      const lines = valueLines(item)
      return [...lines.slice(0, -1), `${lines.at(-1) ?? ''},`]
    })
    return ['[', ...items.map(indented), ']']
  }
  const attributes = typeof value === 'object' && 'object' in value ? value.object : []
  return ['{', ...attributeLines(attributes).map(indented), '}']
}

function isList(value: HclValue): value is readonly HclValue[] {
  return Array.isArray(value)
}

/** A text in quotes that nothing in it ends or is filled in. */
export function hclString(text: string): string {
  return `"${hclEscape(text)}"`
}

export function hclEscape(text: string): string {
  return text
    .replace(/[\\"]/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t')
    .replace(/\p{Cc}/gu, (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
    .replace(/([$%])\{/g, '$1$1{')
}
