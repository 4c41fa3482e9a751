import { someOf } from '../../domain/some-of.ts'
import { lossesOf } from '../plan/losses.ts'
import type { ShownPlan } from '../plan/plan-json.ts'
import { problemText } from '../resource/problem.ts'
import { visibleText } from '../resource/visible-text.ts'
import { type ChangeGroup, groupChanges, groupMembers, groupTitle } from './group-changes.ts'
import { changeSigns, summaryText } from './render-text.ts'
import { valueText } from './render-value.ts'

/** Forges refuse comments above 65,536 characters; bytes are never fewer. */
const maxBytes = 60_000
/** Bytes for problems and objections, and for notes: the rest is for changes. */
const shares = { problems: 15_000, notes: 10_000, members: 2_000 } as const
const maxValue = 1_000

/** A plan as Markdown, for a comment on a merge request: at most 60 kB, and what is left out is counted. */
export function planMarkdown({ plan, objections, problems }: ShownPlan): readonly string[] {
  const head = `### ${summaryText(plan)}`
  const blockers = fitting(
    [
      ...problems.map((problem) => {
        const level = problem.level === 'error' ? 'Error:' : 'Warning:'
        return ['', `> **${level}** ${inline(problemText({ ...problem, level: 'error' }))}`]
      }),
      ...objections.map(({ guard, message }) => ['', `> **Guard ${guard}:** ${inline(message)}`]),
    ],
    shares.problems,
    'problems and objections',
  )
  const notes = fitting(
    plan.notes.map((note) => ['', `> **Note:** ${inline(note)}`]),
    shares.notes,
    'notes',
  )
  const changes = fitting(
    groupChanges(plan.changes).map((group) => ['', ...groupMarkdown(group)]),
    maxBytes - bytesOf([head, ...blockers, ...notes]),
    'changes or groups of changes',
  )
  return [head, ...blockers, ...changes, ...notes]
}

/** As many blocks as fit, in their order, and a line for the rest. */
function fitting(blocks: readonly (readonly string[])[], bytes: number, what: string): readonly string[] {
  const rest = (count: number) => ['', `… and ${count} more ${what}: see the plan as text or JSON.`]
  const room = bytes - bytesOf(rest(blocks.length))
  let used = 0
  const shown: (readonly string[])[] = []
  for (const block of blocks) {
    used += bytesOf(block)
    if (used > room) return [...shown.flat(), ...rest(blocks.length - shown.length)]
    shown.push(block)
  }
  return shown.flat()
}

function bytesOf(lines: readonly string[]): number {
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join('')).length
}

function groupMarkdown(group: ChangeGroup): readonly string[] {
  const { change, all, fields } = group
  const { what, where } = groupTitle(group)
  const [first = '', ...rest] = what.split(' ')
  const object = /^\d+$/.test(first) ? what : `${first} ${code(rest.join(' '))}`
  const head = `**${changeSigns[change.change][0]} ${change.change}** ${object} in ${inline(where)}`
  const isNew = change.change === 'create'
  const rows = [
    ...fields.map(({ path, from, to }) =>
      isNew ? [path, valueText(to)] : [path, valueText(from), valueText(to)],
    ),
    ...lossesOf(change).map(([name, text]) => [name, text]),
  ].map((cells) => `| ${cells.map(code).join(' | ')} |`)
  const isPair = isNew || change.change === 'delete'
  const columns = isNew ? 'field | value' : isPair ? 'lost | value' : 'field | from | to'
  const table = ['', `| ${columns} |`, isPair ? '|---|---|' : '|---|---|---|', ...rows]
  return [head, ...(all.length > 1 ? ['', ...details(group)] : []), ...(rows.length > 0 ? table : [])]
}

function details(group: ChangeGroup): readonly string[] {
  const members = groupMembers(group).map(visibleText)
  let shown = members.length
  const text = () => someOf(members, shown)
  while (shown > 1 && bytesOf([text()]) > shares.members) shown = Math.floor(shown / 2)
  return ['<details>', `<summary>${members.length} objects</summary>`, '', inline(text()), '', '</details>']
}

/** A code span that nothing in the text can leave, also within a table. */
function code(text: string): string {
  const cut = text.length > maxValue ? `${text.slice(0, maxValue)}…` : text
  const safe = visibleText(cut).replaceAll('`', "'").replaceAll('|', '\\|')
  return `\`${safe === '' ? ' ' : safe}\``
}

/** Text in which nothing is markup. */
function inline(text: string): string {
  return visibleText(text).replace(/[\\`*_{}[\]<>#|!~&@]/g, '\\$&')
}
