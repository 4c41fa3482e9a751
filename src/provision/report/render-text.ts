import { scopeTitle } from '../../domain/scope.ts'
import {
  type Change,
  type ChangeName,
  changeAddress,
  changeNames,
  countChanges,
  type FieldDiff,
  type Plan,
} from '../plan/change.ts'
import type { ShownPlan } from '../plan/plan-json.ts'
import { visibleText } from '../resource/visible-text.ts'
import { listChange, valueText } from './render-value.ts'

/** Colours of a terminal, passed in; the identity where there is none. */
export type Colors = Readonly<
  Record<'green' | 'yellow' | 'red' | 'cyan' | 'dim' | 'bold', (text: string) => string>
>

export const noColors: Colors = {
  green: (text) => text,
  yellow: (text) => text,
  red: (text) => text,
  cyan: (text) => text,
  dim: (text) => text,
  bold: (text) => text,
}

export const changeSigns: Readonly<Record<ChangeName, string>> = {
  create: '+',
  update: '~',
  replace: '!',
  adopt: '@',
  delete: '-',
}

const changeColors: Readonly<Record<ChangeName, 'green' | 'yellow' | 'red' | 'cyan'>> = {
  create: 'green',
  update: 'yellow',
  replace: 'red',
  adopt: 'cyan',
  delete: 'red',
}

/** A plan for people, in lines. Problems are not in it: they go to where errors go. */
export function planLines(
  { plan, objections }: Omit<ShownPlan, 'problems'>,
  colors: Colors,
): readonly string[] {
  return [
    ...plan.changes.flatMap((change) => [...changeLines(change, colors), '']),
    colors.bold(summaryText(plan)),
    ...plan.notes.map((note) => `${colors.cyan('note:')} ${visibleText(note)}`),
    ...objections.map(({ guard, message }) => `${colors.red(`guard ${guard}:`)} ${visibleText(message)}`),
  ]
}

/** `2 to create, 1 to delete, 5 unchanged` */
export function summaryText(plan: Plan): string {
  const counts = countChanges(plan)
  const named = changeNames.filter((name) => counts[name] > 0).map((name) => `${counts[name]} to ${name}`)
  return named.length === 0
    ? `No changes: ${plan.unchanged} ${plan.unchanged === 1 ? 'object' : 'objects'} up to date.`
    : `Plan: ${named.join(', ')}, ${plan.unchanged} unchanged.`
}

function changeLines(change: Change, colors: Colors): readonly string[] {
  const { kind, name, scope } = changeAddress(change)
  const paint = colors[changeColors[change.change]]
  const head = `${changeSigns[change.change]} ${change.change} ${kind} ${visibleText(name)}`
  const where = visibleText(scopeTitle(scope))
  const id = change.change === 'create' ? '' : ` ${colors.dim(`id ${visibleText(change.actual.id)}`)}`
  return [
    `${paint(head)} in ${where}${id}`,
    ...change.fields.map((field) => fieldLine(change, field, colors)),
  ]
}

function fieldLine(change: Change, field: FieldDiff, colors: Colors): string {
  const path = `    ${visibleText(field.path)}:`
  if (change.change === 'create') return `${path} ${valueText(field.to)}`
  const lists = listChange(field)
  if (lists !== null) {
    const parts = [
      lists.added === '(none)' ? '' : colors.green(`added ${lists.added}`),
      lists.removed === '(none)' ? '' : colors.red(`removed ${lists.removed}`),
    ]
    return `${path} ${parts.filter((part) => part !== '').join('; ')}`
  }
  return `${path} ${colors.red(valueText(field.from))} → ${colors.green(valueText(field.to))}`
}
