import type { Positioned } from '../../domain/positioned.ts'
import { withoutLineEnd } from './resolve-text.ts'

/** Below these keys a text may have to end with a line end, as records and batches do. */
const keeping: readonly string[] = ['output', 'filter', 'description']

/**
 * Texts without the line end that YAML gives to a block (`|`, `>`): a name, an address or a secret has none, and in a
 * destination it would be sent.
 */
export function withoutBlockEnds(node: Positioned): Positioned {
  switch (node.kind) {
    case 'scalar':
      return { ...node, text: withoutLineEnd(node.text) }
    case 'list':
      return { ...node, items: node.items.map(withoutBlockEnds) }
    case 'map': {
      const entries = node.entries.map((entry) =>
        keeping.includes(entry.key) ? entry : { ...entry, value: withoutBlockEnds(entry.value) },
      )
      return { ...node, entries }
    }
  }
}
