import ts from 'typescript'

/* Which pieces of a source a test runs. A unit is a piece that runs from its first to its last step unless it throws:
   a statement, the body of an arrow function, a branch of `?:`, the right side of `&&`, `||` and `??`. */

export interface Unit {
  readonly start: number
  readonly end: number
}

type Place = Unit & { readonly open: string; readonly close: string }

/** The name under which the loader offers the list of units that ran. */
const ran = 'globalThis.__unitsThatRan'

/** The units of a source, and the source changed to note each of them under `first`, `first + 1`, … */
export function instrument(text: string, first: number): { readonly units: Unit[]; readonly text: string } {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true)
  const places: Place[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node)) return
    const number = first + places.length
    const start = node.getStart(source)
    if (isStep(node)) {
      places.push({ start, end: node.end, open: `;${ran}[${number}] = 1;`, close: '' })
    } else if (isLoneStatement(node)) {
      places.push({ start, end: node.end, open: `{ ${ran}[${number}] = 1; `, close: ' }' })
    } else if (isBranch(node)) {
      places.push({ start, end: node.end, open: `(${ran}[${number}] = 1, `, close: ')' })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return { units: places.map(({ start, end }) => ({ start, end })), text: inserted(text, places) }
}

/** The number of the smallest unit around a piece of text; undefined where none is. */
export function unitAround(units: readonly Unit[], start: number, end: number): number | undefined {
  let best: number | undefined
  units.forEach((unit, index) => {
    if (unit.start > start || unit.end < end) return
    const known = best === undefined ? undefined : units[best]
    if (known === undefined || unit.end - unit.start <= known.end - known.start) best = index
  })
  return best
}

function isStep(node: ts.Node): boolean {
  const { parent } = node
  const listed =
    parent !== undefined &&
    (ts.isBlock(parent) || ts.isSourceFile(parent) || ts.isCaseOrDefaultClause(parent))
  if (!listed || !ts.isStatement(node)) return false
  return !(
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isFunctionDeclaration(node)
  )
}

function isLoneStatement(node: ts.Node): boolean {
  const { parent } = node
  if (parent === undefined || ts.isBlock(node) || !ts.isStatement(node)) return false
  if (ts.isIfStatement(parent)) return node === parent.thenStatement || node === parent.elseStatement
  return ts.isIterationStatement(parent, false) && node === parent.statement
}

function isBranch(node: ts.Node): boolean {
  const { parent } = node
  if (parent === undefined) return false
  if (ts.isArrowFunction(parent)) return node === parent.body && !ts.isBlock(node)
  if (ts.isConditionalExpression(parent)) return node === parent.whenTrue || node === parent.whenFalse
  return (
    ts.isBinaryExpression(parent) &&
    node === parent.right &&
    ['&&', '||', '??'].includes(parent.operatorToken.getText())
  )
}

function inserted(text: string, places: readonly Place[]): string {
  const inserts = places.flatMap(({ start, end, open, close }, order) => [
    // Outer places open first and close last.
    { at: start, rank: order + 1, piece: open },
    { at: end, rank: -order - 1, piece: close },
  ])
  inserts.sort((a, b) => a.at - b.at || a.rank - b.rank)
  let result = ''
  let from = 0
  for (const { at, piece } of inserts) {
    result += text.slice(from, at) + piece
    from = at
  }
  return result + text.slice(from)
}
