/** Walks parsed YAML or JSON: undefined as soon as a step is missing or has another shape. */
export function at(node: unknown, ...path: readonly (string | number)[]): unknown {
  let here = node
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = Reflect.get(here, step)
  }
  return here
}

export function listAt(node: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(node, ...path)
  return Array.isArray(found) ? found : []
}

export function textAt(node: unknown, ...path: readonly (string | number)[]): string {
  const found = at(node, ...path)
  return typeof found === 'string' ? found : ''
}

/** The entries of a mapping; none when it is missing or is something else. */
export function entriesAt(
  node: unknown,
  ...path: readonly (string | number)[]
): readonly [string, unknown][] {
  const found = at(node, ...path)
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? Object.entries(found) : []
}

/** Every mapping in a tree for which the question answers yes, with its path. */
export function findAll(
  node: unknown,
  wanted: (node: object) => boolean,
  path = '',
): readonly { readonly path: string; readonly node: object }[] {
  if (typeof node !== 'object' || node === null) return []
  const here = !Array.isArray(node) && wanted(node) ? [{ path, node }] : []
  return [
    ...here,
    ...Object.entries(node).flatMap(([key, child]) => findAll(child, wanted, `${path}/${key}`)),
  ]
}
