import { type Manifest, manifestOf } from './manifests.ts'
import { at, entriesAt, listAt, textAt } from './tree.ts'

/**
 * What `oc process` makes of a Template with its default values: `${NAME}` is replaced inside a text, `${{NAME}}`
 * stands for a bare value. A parameter that is used but not declared, or declared but not used, throws.
 */
export function processTemplate(template: unknown): readonly Manifest[] {
  const values = new Map(
    listAt(template, 'parameters').map((each) => [textAt(each, 'name'), textAt(each, 'value')]),
  )
  const used = new Set<string>()
  const parameter = (name: string): string => {
    const value = values.get(name)
    if (value === undefined) throw new Error(`parameter ${name} is not declared`)
    used.add(name)
    return value
  }
  const replaced = (node: unknown): unknown => {
    if (typeof node === 'string') {
      const bare = /^\$\{\{(\w+)\}\}$/.exec(node)?.[1]
      if (bare !== undefined) return JSON.parse(parameter(bare))
      return node.replace(/\$\{(\w+)\}/g, (_, name: string) => parameter(name))
    }
    if (Array.isArray(node)) return node.map(replaced)
    if (typeof node !== 'object' || node === null) return node
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, replaced(value)]))
  }
  const manifests = listAt(template, 'objects').map((object) =>
    manifestOf(withLabels(replaced(object), template)),
  )
  const unused = [...values.keys()].filter((name) => !used.has(name))
  if (unused.length > 0) throw new Error(`parameters that nothing uses: ${unused.join(', ')}`)
  return manifests
}

/** A Template's labels go to every object that it makes. */
function withLabels(object: unknown, template: unknown): unknown {
  const metadata = Object(at(object, 'metadata'))
  const labels = { ...Object(metadata.labels), ...Object.fromEntries(entriesAt(template, 'labels')) }
  return { ...Object(object), metadata: { ...metadata, labels } }
}
