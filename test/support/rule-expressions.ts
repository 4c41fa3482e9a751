import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

/*
 * What the lint of the alert rules asks of a PromQL expression: which metrics it reads, how it groups and joins,
 * and which labels its result may have.
 */

export interface Join {
  readonly text: string
  readonly on: readonly string[]
  /** The expression on the side that must be one, null where there is no such side. */
  readonly one: { readonly text: string; readonly labels: ReadonlySet<string> } | null
}

export interface Expression {
  readonly problems: readonly string[]
  readonly metrics: readonly string[]
  readonly functions: readonly string[]
  readonly aggregations: readonly { readonly text: string; readonly by: readonly string[] }[]
  readonly joins: readonly Join[]
  /** Numbers as they are written. */
  readonly numbers: readonly string[]
  /** Functions of counters and the ranges they look at. */
  readonly ranges: readonly { readonly name: string; readonly range: string }[]
  /** Whether it compares, or takes one set from another: without either an alert fires for whatever exists. */
  readonly compares: boolean
  /** Labels that a series of the result may have. */
  readonly labels: ReadonlySet<string>
}

type Labels = ReadonlySet<string>
const none: Labels = new Set()

const comparisons = ['Gtr', 'Lss', 'Gte', 'Lte', 'Eql', 'Neq']
const sets = ['And', 'Or', 'Unless']

/** Reads an expression; `labelsOfMetric` answers undefined for a metric nobody makes. */
export function readExpression(
  expr: string,
  labelsOfMetric: (name: string) => Labels | undefined,
): Expression {
  const text = (node: SyntaxNode): string => expr.slice(node.from, node.to)
  const problems: string[] = []
  const aggregations: { text: string; by: string[] }[] = []
  const joins: Join[] = []
  const found = {
    metrics: new Set<string>(),
    functions: new Set<string>(),
    numbers: [] as string[],
    ranges: [] as { name: string; range: string }[],
  }
  let compares = false
  const top = parser.parse(expr).topNode

  const names = (node: SyntaxNode | null | undefined): string[] =>
    node?.getChildren('LabelName').map(text) ?? []
  const children = (node: SyntaxNode | null): SyntaxNode[] => {
    const all: SyntaxNode[] = []
    for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) all.push(child)
    return all
  }

  top.cursor().iterate(({ node, type }) => {
    if (type.isError) problems.push(`syntax error at ${expr.slice(node.from, node.from + 40)}`)
    if (comparisons.includes(type.name) || type.name === 'Unless') compares = true
    if (type.name === 'NumberDurationLiteral') found.numbers.push(text(node))
    if (type.name === 'FunctionIdentifier') found.functions.add(text(node))
    if (type.name === 'FunctionCall') {
      const range = node.getChild('FunctionCallBody')?.getChild('MatrixSelector')?.getChild('DurationExpr')
      if (range) found.ranges.push({ name: text(node.firstChild ?? node), range: text(range) })
    }
    if (type.name === 'VectorSelector') {
      const name = node.getChild('Identifier')
      if (name === null) problems.push(`a selector without a name: ${text(node)}`)
      else found.metrics.add(text(name))
    }
  })

  function labelsOf(node: SyntaxNode): Labels {
    switch (node.name) {
      case 'VectorSelector': {
        const name = node.getChild('Identifier')
        const labels = name === null ? none : labelsOfMetric(text(name))
        if (labels === undefined) problems.push(`nothing makes ${text(name ?? node)}`)
        return labels ?? none
      }
      case 'AggregateExpr': {
        const by = names(node.getChild('AggregateModifier')?.getChild('GroupingLabels'))
        if (node.getChild('AggregateModifier')?.getChild('By') === null)
          problems.push(`no "by": ${text(node)}`)
        aggregations.push({ text: text(node), by })
        const given = children(node.getChild('FunctionCallBody'))
        const inner = union(given.map(labelsOf))
        for (const label of by) if (!inner.has(label)) problems.push(`nothing has ${label}: ${text(node)}`)
        const counted = given
          .filter(({ name }) => name === 'StringLiteral')
          .map((one) => text(one).slice(1, -1))
        return new Set([...by, ...counted])
      }
      case 'FunctionCall': {
        const name = text(node.firstChild ?? node)
        const given = children(node.getChild('FunctionCallBody'))
        const inner = union(given.map(labelsOf))
        if (['absent', 'scalar', 'vector', 'time'].includes(name)) return none
        const added =
          name === 'label_replace' ? given.filter((one) => one.name === 'StringLiteral').slice(0, 1) : []
        return new Set([...inner, ...added.map((one) => text(one).slice(1, -1))])
      }
      case 'BinaryExpr':
        return binary(node)
      default:
        return union(children(node).map(labelsOf))
    }
  }

  function binary(node: SyntaxNode): Labels {
    const [first, last] = [node.firstChild, node.lastChild]
    const left = first === null ? none : labelsOf(first)
    const right = last === null ? none : labelsOf(last)
    const clause = node.getChild('MatchingModifierClause')
    const isSet = sets.some((name) => node.getChild(name) !== null)
    const isOr = node.getChild('Or') !== null
    if (clause === null) return isSet && !isOr ? left : union([left, right])
    if (clause.getChild('On') === null) problems.push(`name the labels to match on: ${text(node)}`)
    const [onLabels, extra] = clause.getChildren('GroupingLabels')
    const on = names(onLabels)
    const grouped =
      clause.getChild('GroupLeft') !== null ? last : clause.getChild('GroupRight') !== null ? first : null
    const oneLabels = grouped === last ? right : left
    joins.push({ text: text(node), on, one: grouped && { text: text(grouped), labels: oneLabels } })
    for (const label of on) {
      for (const side of [left, right])
        if (!side.has(label)) problems.push(`nothing has ${label}: ${text(node)}`)
    }
    for (const label of names(extra)) {
      if (!oneLabels.has(label)) problems.push(`nothing has ${label} to join in: ${text(node)}`)
    }
    if (isOr) return union([left, right])
    if (isSet) return left
    if (grouped === null) return new Set(on)
    return new Set([...(grouped === last ? left : right), ...names(extra)])
  }

  const labels = labelsOf(top)
  return {
    problems,
    metrics: [...found.metrics],
    functions: [...found.functions],
    aggregations,
    joins,
    numbers: found.numbers,
    ranges: found.ranges,
    compares,
    labels,
  }
}

function union(all: readonly Labels[]): Labels {
  return new Set(all.flatMap((labels) => [...labels]))
}
