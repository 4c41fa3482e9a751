import type { Entry, Position, Positioned } from '../../domain/positioned.ts'

/*
 * Work on the tree of a manifest before it is checked: merge keys, defaults, and the way back from a path to
 * a line. Every part keeps the position it was written at, wherever it ends up.
 */

export type Path = readonly (string | number)[]

/** `jobs[0].upload.max_bytes` */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  )
}

export function entryOf(node: Positioned, key: string): Entry | undefined {
  return node.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined
}

export function childOf(node: Positioned, key: string | number): Positioned | undefined {
  if (typeof key === 'string') return entryOf(node, key)?.value
  return node.kind === 'list' ? node.items[key] : undefined
}

/** The path as the file has it: what stands for another key is named by that one. */
export function writtenPath(root: Positioned, path: Path): Path {
  const index = path.findIndex((_, depth) => writtenKey(root, path.slice(0, depth + 1)) !== undefined)
  if (index < 0) return path
  return [...path.slice(0, index), writtenKey(root, path.slice(0, index + 1)) ?? '']
}

function writtenKey(root: Positioned, path: Path): string | undefined {
  const parent = nodeAt(root, path.slice(0, -1))
  const key = path.at(-1)
  return parent !== undefined && typeof key === 'string' ? entryOf(parent, key)?.written : undefined
}

export function nodeAt(root: Positioned, path: Path): Positioned | undefined {
  return path.reduce<Positioned | undefined>((node, key) => node && childOf(node, key), root)
}

/** Where the node at a path stands; what is not there stands where the thing it is missing from begins. */
export function positionOf(root: Positioned, path: Path): Position {
  let node = root
  for (const key of path) {
    const next = childOf(node, key)
    if (next === undefined) break
    node = next
  }
  return node.at
}

export function textsBelow(node: Positioned, path: Path = []): readonly (readonly [Path, string])[] {
  switch (node.kind) {
    case 'map':
      return node.entries.flatMap(({ key, value }) => textsBelow(value, [...path, key]))
    case 'list':
      return node.items.flatMap((item, index) => textsBelow(item, [...path, index]))
    case 'scalar':
      return node.type === 'nothing' ? [] : [[path, node.text]]
  }
}

/** Carries out YAML's merge keys: `<<: *base`, or a list of them. What is written itself wins. */
export function expandMerges(node: Positioned): Positioned {
  if (node.kind === 'list') return { ...node, items: node.items.map(expandMerges) }
  if (node.kind === 'scalar') return node
  const own = node.entries.filter(({ key }) => key !== '<<')
  const entries = own.map((entry) => ({ ...entry, value: expandMerges(entry.value) }))
  for (const { key, value } of node.entries) {
    if (key !== '<<') continue
    const bases = value.kind === 'list' ? value.items : [value]
    // What cannot be merged stays, and is reported as the unknown key it is.
    if (bases.some((base) => base.kind !== 'map')) entries.push({ key, keyAt: value.at, value })
    for (const base of bases) {
      const expanded = expandMerges(base)
      if (expanded.kind !== 'map') continue
      entries.push(...expanded.entries.filter((entry) => !entries.some((one) => one.key === entry.key)))
    }
  }
  return { ...node, entries }
}

/** Lays a mapping over its defaults; mappings are laid over each other down to the keys named here. */
export function withDefaults(node: Positioned, defaults: Positioned): Positioned {
  if (node.kind !== 'map' || defaults.kind !== 'map') return node
  const said = (key: string) => entryOf(node, key) !== undefined
  const inherited = defaults.entries.filter(({ key }) => {
    // A job in a zone does not inherit the scope, nor the other way round.
    if (placeKeys.includes(key)) return !placeKeys.some(said)
    return !said(key)
  })
  const own = node.entries.map((entry) => {
    const base = entryOf(defaults, entry.key)?.value
    if (base === undefined) return entry
    if (entry.key === 'destination') return { ...entry, value: destinationOver(entry.value, base) }
    return inheritingKeys.has(entry.key) ? { ...entry, value: withDefaults(entry.value, base) } : entry
  })
  return { ...node, entries: [...own, ...inherited] }
}

/** Each of them says where a job belongs. */
const placeKeys = ['scope', 'zone', 'zones']

const inheritingKeys = new Set(['output', 'upload'])

/** A destination inherits the fields of its own kind only; naming another kind starts afresh. */
function destinationOver(own: Positioned, base: Positioned): Positioned {
  if (own.kind !== 'map' || base.kind !== 'map') return own
  const entries = own.entries.map((entry) => {
    const inherited = entryOf(base, entry.key)?.value
    return inherited === undefined ? entry : { ...entry, value: withDefaults(entry.value, inherited) }
  })
  return { ...own, entries }
}

/** Keys whose value is a number; anywhere else digits are a text, such as an id. */
const numericKeys = new Set<string | number>([
  'version',
  'transformer_id',
  'sample_rate',
  'max_bytes',
  'max_records',
])

export function plainValue(node: Positioned, path: Path = []): unknown {
  switch (node.kind) {
    case 'list':
      return node.items.map((item, index) => plainValue(item, [...path, index]))
    case 'map':
      return Object.fromEntries(
        node.entries.map(({ key, value }) => [key, plainValue(value, [...path, key])]),
      )
    case 'scalar':
      switch (node.type) {
        case 'nothing':
          return null
        case 'boolean':
          return node.text.toLowerCase() === 'true'
        case 'number':
          return path.includes('filter') || numericKeys.has(path.at(-1) ?? '') ? Number(node.text) : node.text
        case 'text':
          return node.text
      }
  }
}
