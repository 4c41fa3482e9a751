import ts from 'typescript'

/** What was changed, in the words of the report. */
export type Kind =
  | 'array'
  | 'boolean'
  | 'callback'
  | 'condition'
  | 'method'
  | 'minmax'
  | 'not'
  | 'nullish'
  | 'number'
  | 'operator'
  | 'statement'
  | 'string'

/** One small change of one source file: `text` from `start` up to `end` becomes `after`. */
export interface Mutant {
  readonly path: string
  readonly kind: Kind
  readonly start: number
  readonly end: number
  /** The line of `start`, from 1. */
  readonly line: number
  readonly before: string
  readonly after: string
}

type Change = readonly [kind: Kind, target: ts.Node, after: string]

const operators: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '&&': ['||'],
  '||': ['&&'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '+=': ['-='],
  '-=': ['+='],
}

/** Methods whose call is replaced by the object they are called on. */
const dropped = ['sort', 'toSorted', 'reverse', 'trim', 'trimEnd', 'toLowerCase', 'toUpperCase', 'slice']
/** A map: an object would know `toString` too. */
const swapped: ReadonlyMap<string, string> = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['startsWith', 'endsWith'],
  ['endsWith', 'startsWith'],
])
const predicated = ['filter', 'find', 'findLast', 'findIndex', 'some', 'every']

/** Every mutant of a source, in the order of the text; some of them may not type-check. */
export function mutantsOf(path: string, text: string): readonly Mutant[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: Mutant[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isTypeAliasDeclaration(node)) return
    if (ts.isInterfaceDeclaration(node) || ts.isExportDeclaration(node)) return
    for (const [kind, target, after] of changesOf(node)) {
      const start = target.getStart(source)
      const before = text.slice(start, target.end)
      const line = source.getLineAndCharacterOfPosition(start).line + 1
      if (before !== after) found.push({ path, kind, start, end: target.end, line, before, after })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function changesOf(node: ts.Node): readonly Change[] {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) return truths(node.expression)
  if (ts.isConditionalExpression(node)) return truths(node.condition)
  if (ts.isBinaryExpression(node)) return binary(node)
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    return [['not', node, node.operand.getText()]]
  }
  if (ts.isCallExpression(node)) return call(node)
  if (ts.isExpressionStatement(node)) return [['statement', node, ';']]
  return literal(node)
}

function truths(condition: ts.Expression): readonly Change[] {
  return [
    ['condition', condition, 'true'],
    ['condition', condition, 'false'],
  ]
}

function binary(node: ts.BinaryExpression): readonly Change[] {
  const operator = node.operatorToken.getText()
  if (choosesBetweenEquals(node))
    return [['operator', node.operatorToken, operator.startsWith('<') ? '>=' : '<=']]
  if (operator === '??') return [['nullish', node, node.left.getText()]]
  const changes = (operators[operator] ?? []).map((after): Change => ['operator', node.operatorToken, after])
  // What a function answers with is a condition too, though no `if` stands around it.
  const answers = ts.isReturnStatement(node.parent) || ts.isArrowFunction(node.parent)
  return answers && /^([<>=!]=*|&&|\|\|)$/.test(operator) ? [...changes, ...truths(node)] : changes
}

function call(node: ts.CallExpression): readonly Change[] {
  const callee = node.expression
  if (!ts.isPropertyAccessExpression(callee)) return []
  const name = callee.name.text
  if (callee.expression.getText() === 'Math' && (name === 'min' || name === 'max')) {
    return [['minmax', callee.name, name === 'min' ? 'max' : 'min']]
  }
  const changes: Change[] = []
  const swap = swapped.get(name)
  if (swap !== undefined) changes.push(['method', callee.name, swap])
  if (dropped.includes(name)) changes.push(['method', node, callee.expression.getText()])
  const [predicate] = node.arguments
  if (predicate !== undefined && predicated.includes(name))
    changes.push(['callback', predicate, '() => true'])
  return changes
}

function literal(node: ts.Node): readonly Change[] {
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [['boolean', node, 'false']]
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [['boolean', node, 'true']]
  if (isName(node) || isLogMessage(node)) return []
  if (ts.isNumericLiteral(node)) {
    const zero: Change = ['number', node, '0']
    return Number(node.text) > 0 && onlySignCounts(node)
      ? [zero]
      : [['number', node, String(Number(node.text) + 1)], zero]
  }
  if (ts.isArrayLiteralExpression(node) && node.elements.length > 0) return [['array', node, '[]']]
  if (ts.isTemplateExpression(node)) return [['string', node, "''"]]
  if (ts.isStringLiteral(node)) return [['string', node, node.text === '' ? "'mutated'" : "''"]]
  return []
}

/* No test can tell these from the source. */

/** `a < b ? a : b`: of equal ones either is the same. */
function choosesBetweenEquals(node: ts.BinaryExpression): boolean {
  const { parent } = node
  if (!/^[<>]=?$/.test(node.operatorToken.getText())) return false
  if (!ts.isConditionalExpression(parent) || parent.condition !== node) return false
  const sides = [node.left, node.right].map((side) => side.getText())
  return [parent.whenTrue, parent.whenFalse].every((branch) => sides.includes(branch.getText()))
}

/** What a comparator answers with: more or less than 0, however much. */
function onlySignCounts(node: ts.Node): boolean {
  const { parent } = node
  if (ts.isArrowFunction(parent) && parent.body === node) {
    const call = parent.parent
    return (
      ts.isCallExpression(call) &&
      ts.isPropertyAccessExpression(call.expression) &&
      ['sort', 'toSorted'].includes(call.expression.name.text)
    )
  }
  const isHandedOn =
    ts.isParenthesizedExpression(parent) ||
    (ts.isPrefixUnaryExpression(parent) && parent.operator === ts.SyntaxKind.MinusToken) ||
    (ts.isConditionalExpression(parent) && parent.condition !== node) ||
    (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.BarBarToken)
  return isHandedOn && onlySignCounts(parent)
}

/** A literal that names a property or a module says nothing that could be wrong on its own. */
function isName(node: ts.Node): boolean {
  const { parent } = node
  if (parent === undefined) return true
  if (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) return parent.name === node
  return (
    ts.isExternalModuleReference(parent) ||
    (ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.ImportKeyword)
  )
}

/** The sentence of a line of the log is for people; that the line is written, and its fields, are mutants. */
function isLogMessage(node: ts.Node): boolean {
  const { parent } = node
  if (parent === undefined || !ts.isCallExpression(parent) || parent.arguments[1] !== node) return false
  return /(?:^|\.)log\??\.(?:debug|info|warn|error)$/.test(parent.expression.getText())
}

/** The text with the mutant in it. */
export function mutated(text: string, { start, end, after }: Mutant): string {
  return text.slice(0, start) + after + text.slice(end)
}
