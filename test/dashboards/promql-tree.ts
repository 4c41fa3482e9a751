import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { knownMetric } from './known-metrics.ts'

/*
 * Reads a PromQL expression as a tree and works out which labels each part of it has, so that a label
 * that no series carries, or two sides that can never match, are found without a Prometheus.
 */

export interface Selector {
  readonly metric: string
  readonly matchers: readonly string[]
  /** The function it is the argument of, `''` when it is none's. */
  readonly within: string
  /** The range in brackets, or null. */
  readonly range: string | null
}

export interface Analysis {
  readonly selectors: readonly Selector[]
  /** Aggregations that add up or average over `instance`, as they are written. */
  readonly overInstances: readonly string[]
  /** What is wrong, in words; empty for a sound expression. */
  readonly problems: readonly string[]
}

type Labels = ReadonlySet<string>

/** Labels of a scalar: it has none and matches nothing. */
const scalar = null

/** Aggregations whose result depends on how many series go in. */
const mixing = new Set(['sum', 'avg', 'count', 'quantile'])

const setOperators = new Set(['And', 'Or', 'Unless'])

export function analyse(expr: string): Analysis {
  const problems: string[] = []
  const selectors: Selector[] = []
  const overInstances: string[] = []
  const text = (node: SyntaxNode) => expr.slice(node.from, node.to)
  const top = parser.parse(expr).topNode
  top.cursor().iterate((node) => {
    if (node.type.isError)
      problems.push(`syntax error at ${node.from}: …${expr.slice(node.from, node.from + 30)}`)
  })
  if (problems.length > 0) return { selectors, overInstances, problems }

  function names(node: SyntaxNode | null): string[] {
    return node === null ? [] : node.getChildren('LabelName').map(text)
  }

  function labelsOf(node: SyntaxNode, within = ''): Labels | null {
    switch (node.name) {
      case 'VectorSelector':
        return select(node, within, null)
      case 'MatrixSelector': {
        const inner = node.firstChild
        const range = node.getChild('DurationExpr')
        return inner === null ? scalar : select(inner, within, range === null ? null : text(range))
      }
      case 'ParenExpr':
      case 'UnaryExpr':
      case 'PromQL':
        return node.lastChild === null ? scalar : labelsOf(node.lastChild, within)
      case 'AggregateExpr':
        return aggregate(node)
      case 'FunctionCall':
        return call(node)
      case 'BinaryExpr':
        return binary(node)
      default:
        return scalar
    }
  }

  function select(node: SyntaxNode, within: string, range: string | null): Labels {
    const identifier = node.getChild('Identifier')
    const metric = identifier === null ? '' : text(identifier)
    const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []
    selectors.push({ metric, matchers: matchers.map(text), within, range })
    const known = knownMetric(metric)
    if (known === undefined) {
      problems.push(`unknown metric ${metric}`)
      return new Set()
    }
    const labels = new Set(known.labels)
    need(matchers.flatMap(names), labels, `matcher of ${metric}`)
    return labels
  }

  function need(wanted: readonly string[], have: Labels, where: string): void {
    for (const label of wanted) if (!have.has(label)) problems.push(`${where}: no label ${label}`)
  }

  function argumentsOf(node: SyntaxNode): SyntaxNode[] {
    const body = node.getChild('FunctionCallBody')
    const found: SyntaxNode[] = []
    for (let child = body?.firstChild ?? null; child !== null; child = child.nextSibling) found.push(child)
    return found
  }

  function aggregate(node: SyntaxNode): Labels {
    const inner = argumentsOf(node)
      .map((one) => labelsOf(one))
      .find((labels) => labels !== scalar)
    const operator = node.firstChild === null ? '' : text(node.firstChild)
    const modifier = node.getChild('AggregateModifier')
    if (modifier?.getChild('Without')) problems.push(`without: name the labels that stay, in ${text(node)}`)
    const by = names(modifier?.getChild('GroupingLabels') ?? null)
    if (inner === undefined || inner === null) return new Set(by)
    need(by, inner, `${operator} by`)
    if (mixing.has(operator) && inner.has('instance') && !by.includes('instance'))
      overInstances.push(text(node))
    const keepsSeries = operator === 'topk' || operator === 'bottomk'
    return keepsSeries ? inner : new Set(by)
  }

  function call(node: SyntaxNode): Labels | null {
    const name = text(node.firstChild ?? node)
    const given = argumentsOf(node)
    const inner = given.map((one) => labelsOf(one, name)).find((labels) => labels !== scalar) ?? scalar
    if (inner === scalar) return scalar
    if (name === 'histogram_quantile') {
      need(['le'], inner, name)
      return new Set([...inner].filter((label) => label !== 'le'))
    }
    if (name === 'label_join' || name === 'label_replace') {
      const quoted = given.filter((one) => one.name === 'StringLiteral').map((one) => text(one).slice(1, -1))
      const sources = name === 'label_join' ? quoted.slice(2) : quoted.slice(2, 3)
      need(
        sources.filter((label) => label !== ''),
        inner,
        name,
      )
      return new Set([...inner, ...quoted.slice(0, 1)])
    }
    return inner
  }

  function binary(node: SyntaxNode): Labels | null {
    const left = node.firstChild === null ? scalar : labelsOf(node.firstChild)
    const right = node.lastChild === null ? scalar : labelsOf(node.lastChild)
    if (left === scalar || right === scalar) return left ?? right
    const clause = node.getChild('MatchingModifierClause')
    const isSet = [...setOperators].some((name) => node.getChild(name) !== null)
    if (clause === null) {
      const same = left.size === right.size && [...left].every((label) => right.has(label))
      if (!same) problems.push(`two sides that never match (${[...left]} | ${[...right]}) in ${text(node)}`)
      return left
    }
    if (clause.getChild('On') === null)
      problems.push(`ignoring: name the labels to match on, in ${text(node)}`)
    const [on, extra] = clause.getChildren('GroupingLabels')
    const keys = names(on ?? null)
    need(keys, left, 'on, left side')
    need(keys, right, 'on, right side')
    if (isSet) return left
    const many =
      clause.getChild('GroupLeft') !== null ? left : clause.getChild('GroupRight') !== null ? right : null
    if (many === null) return new Set(keys)
    const [one, oneLabels] = many === left ? [node.lastChild, right] : [node.firstChild, left]
    need(names(extra ?? null), oneLabels, 'group')
    if (!isUnique(one, keys))
      problems.push(`the side of one may hold several series per ${keys}: ${text(node)}`)
    return new Set([...many, ...names(extra ?? null)])
  }

  /* One series per key for sure: an aggregation by the key, or `topk by (key) (1, …)`. */
  function isUnique(node: SyntaxNode | null, keys: readonly string[]): boolean {
    const grouping = node?.getChild('AggregateModifier')?.getChild('GroupingLabels') ?? null
    const by = names(grouping)
    if (node?.name !== 'AggregateExpr' || by.some((label) => !keys.includes(label))) return false
    const operator = node.firstChild === null ? '' : text(node.firstChild)
    const [first] = argumentsOf(node)
    return operator !== 'topk' || (first !== undefined && text(first) === '1')
  }

  labelsOf(top)
  return { selectors, overInstances, problems }
}
