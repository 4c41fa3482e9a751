import { scopeTitle } from '../../domain/scope.ts'
import { type Change, changeAddress } from '../plan/change.ts'
import type { ShownPlan } from '../plan/plan-json.ts'
import { problemText } from '../resource/problem.ts'
import { visibleText } from '../resource/visible-text.ts'
import { changeSigns, summaryText } from './render-text.ts'
import { valueText } from './render-value.ts'

/** A plan as Markdown, for a comment on a merge request. */
export function planMarkdown({ plan, objections, problems }: ShownPlan): readonly string[] {
  return [
    `### ${summaryText(plan)}`,
    ...problems.flatMap((problem) => {
      const head = problem.level === 'error' ? 'Error:' : 'Warning:'
      return ['', `> **${head}** ${inline(problemText({ ...problem, level: 'error' }))}`]
    }),
    ...objections.flatMap(({ guard, message }) => ['', `> **Guard ${guard}:** ${inline(message)}`]),
    ...plan.changes.flatMap((change) => ['', ...changeMarkdown(change)]),
    ...plan.notes.flatMap((note) => ['', `> **Note:** ${inline(note)}`]),
  ]
}

function changeMarkdown(change: Change): readonly string[] {
  const { kind, name, scope } = changeAddress(change)
  const head = `**${changeSigns[change.change]} ${change.change}** ${kind} ${code(name)} in ${inline(scopeTitle(scope))}`
  if (change.fields.length === 0) return [head]
  const isNew = change.change === 'create'
  return [
    head,
    '',
    isNew ? '| field | value |' : '| field | from | to |',
    isNew ? '|---|---|' : '|---|---|---|',
    ...change.fields.map(({ path, from, to }) => {
      const cells = isNew ? [path, valueText(to)] : [path, valueText(from), valueText(to)]
      return `| ${cells.map(code).join(' | ')} |`
    }),
  ]
}

/** A code span that nothing in the text can leave, also within a table. */
function code(text: string): string {
  const safe = visibleText(text).replaceAll('`', "'").replaceAll('|', '\\|')
  return `\`${safe === '' ? ' ' : safe}\``
}

/** Text in which nothing is markup. */
function inline(text: string): string {
  return visibleText(text).replace(/[\\`*_{}[\]<>#|!~&@]/g, '\\$&')
}
