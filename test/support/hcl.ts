/*
 * Reads Terraform configuration as far as we write it, and evaluates it: what `terraform show -json` would say after an
 * import. Shares nothing with what writes it.
 */

type Environment = ReadonlyMap<string, unknown>
type Expression = (environment: Environment) => unknown
interface Block {
  readonly labels: readonly string[]
  readonly attributes: Readonly<Record<string, Expression>>
}

const token =
  /\s+|#[^\n]*|(?<text>"(?:(?<!\$)\$\{[^}]*\}|\\.|[^"\\])*")|(?<number>-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(?<word>[A-Za-z_][\w.-]*)|(?<sign>[{}[\]=,()])/gy

function tokensOf(text: string): string[] {
  const tokens: string[] = []
  let end = 0
  for (const match of text.matchAll(token)) {
    end = match.index + match[0].length
    if (match.groups !== undefined && Object.values(match.groups).some((group) => group !== undefined)) {
      tokens.push(match[0])
    }
  }
  if (end < text.length) throw new Error(`cannot read ${text.slice(end, end + 40)}`)
  return tokens
}

function parse(text: string): readonly Block[] {
  const tokens = tokensOf(text)
  const next = () => {
    const found = tokens.shift()
    if (found === undefined) throw new Error('the text ends too early')
    return found
  }
  const expect = (sign: string) => {
    const found = next()
    if (found !== sign) throw new Error(`expected ${sign}, found ${found}`)
  }
  const block = (): Block => {
    const labels = []
    while (tokens[0] !== '{') labels.push(next().replaceAll('"', ''))
    return { labels, attributes: object() }
  }
  const object = (): Record<string, Expression> => {
    const attributes: Record<string, Expression> = {}
    expect('{')
    while (tokens[0] !== '}') {
      const name = next()
      if (tokens[0] === '=') {
        next()
        attributes[name] = expression()
      } else {
        // A block in a block, such as required_providers.
        object()
      }
    }
    expect('}')
    return attributes
  }
  const list = (): Expression => {
    const items: Expression[] = []
    expect('[')
    while (tokens[0] !== ']') {
      items.push(expression())
      if (tokens[0] === ',') next()
    }
    expect(']')
    return (environment) => items.map((item) => item(environment))
  }
  const expression = (): Expression => {
    if (tokens[0] === '[') return list()
    if (tokens[0] === '{') {
      const attributes = Object.entries(object())
      return (environment) =>
        Object.fromEntries(attributes.map(([name, value]) => [name, value(environment)]))
    }
    const word = next()
    if (word.startsWith('"')) return template(word.slice(1, -1))
    if (word === 'true' || word === 'false') return () => word === 'true'
    if (/^-?\d/.test(word)) return () => Number(word)
    return (environment) => {
      if (word.startsWith('var.') && !environment.has(word)) throw new Error(`${word} is not set`)
      // The target of an import is no value: its name itself.
      return environment.get(word) ?? word
    }
  }
  const blocks: Block[] = []
  while (tokens.length > 0) blocks.push(block())
  return blocks
}

/** A quoted text: its escapes, and the two forms of expressions in it. */
function template(text: string): Expression {
  const parts = text.split(/((?<!\$)\$\{[^}]*\})/)
  return (environment) =>
    parts
      .map((part) => {
        const encoded = /^\$\{replace\(urlencode\((var\.\w+)\), "\+", "%20"\)\}$/.exec(part)?.[1]
        const plain = /^\$\{(var\.\w+)\}$/.exec(part)?.[1]
        if (encoded !== undefined) return queryEscaped(String(environment.get(encoded)))
        if (plain !== undefined) return String(environment.get(plain))
        return String(JSON.parse(`"${part}"`)).replace(/([$%])\1\{/g, '$1{')
      })
      .join('')
}

/** Go's url.QueryEscape, with %20 for a space. */
function queryEscaped(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const sign = String.fromCharCode(byte)
      return /[\w.~-]/.test(sign) ? sign : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

/** `terraform show -json` once the configuration was imported, its variables set. */
export function shownAfterImport(text: string, variables: Readonly<Record<string, string>>): object {
  const blocks = parse(text)
  const environment = new Map<string, unknown>(
    Object.entries(variables).map(([name, value]) => [`var.${name.replace('TF_VAR_', '')}`, value]),
  )
  for (const { labels, attributes } of blocks) {
    if (labels[0] !== 'import') continue
    const id = String(attributes.id?.(environment)).split('/').at(-1)
    environment.set(`${attributes.to?.(environment)}.id`, id)
  }
  const resources = blocks.flatMap(({ labels: [head, type = '', name = ''], attributes }) => {
    if (head !== 'resource') return []
    const entries = Object.entries(attributes).map(([key, value]) => [key, value(environment)])
    const id = environment.get(`${type}.${name}.id`) ?? null
    const values = { ...Object.fromEntries(entries), id }
    return [{ address: `${type}.${name}`, mode: 'managed', type, values }]
  })
  return { format_version: '1.0', values: { root_module: { resources } } }
}
