import { plural } from '../../domain/plural.ts'
import { someOf } from '../../domain/some-of.ts'
import {
  type Change,
  type ChangeName,
  changeNames,
  countChanges,
  type FieldDiff,
  type Plan,
} from '../plan/change.ts'
import { lossesOf } from '../plan/losses.ts'
import type { ShownPlan } from '../plan/plan-json.ts'
import { visibleText } from '../resource/visible-text.ts'
import { type ChangeGroup, groupChanges, groupMembers, groupTitle } from './group-changes.ts'
import { listChange, valueText } from './render-value.ts'

/** Colours of a terminal, passed in; the identity where there is none. */
export type Colors = Readonly<
  Record<'green' | 'yellow' | 'red' | 'cyan' | 'dim' | 'bold', (text: string) => string>
>

/** The sign of each change, and its colour. */
export const changeSigns: Readonly<Record<ChangeName, readonly [sign: string, color: keyof Colors]>> = {
  create: ['+', 'green'],
  update: ['~', 'yellow'],
  replace: ['!', 'red'],
  adopt: ['@', 'cyan'],
  delete: ['-', 'red'],
}

/** A plan for people, in lines. Problems are not in it: they go to where errors go. */
export function planLines(
  { plan, objections }: Omit<ShownPlan, 'problems'>,
  colors: Colors,
): readonly string[] {
  return [
    ...groupChanges(plan.changes).flatMap((group) => [...groupLines(group, colors), '']),
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
    ? `No changes: ${plural(plan.unchanged, 'object')} up to date.`
    : `Plan: ${named.join(', ')}, ${plan.unchanged} unchanged.`
}

/** Names of a group's objects that are written out; JSON has them all. */
const maxMembers = 50

function groupLines(group: ChangeGroup, colors: Colors): readonly string[] {
  const { change, all, fields } = group
  const { what, where } = groupTitle(group)
  const [sign, color] = changeSigns[change.change]
  const paint = colors[color]
  const head = `${sign} ${change.change} ${visibleText(what)}`
  const isOne = all.length === 1
  const id =
    change.change === 'create' || !isOne ? '' : ` ${colors.dim(`id ${visibleText(change.actual.id)}`)}`
  return [
    `${paint(head)} in ${visibleText(where)}${id}`,
    ...(isOne ? [] : [`    ${colors.dim(someOf(groupMembers(group).map(visibleText), maxMembers))}`]),
    ...fields.map((field) => fieldLine(change, field, colors)),
    ...lossesOf(change).map(([name, text]) => `    ${name}: ${colors.red(visibleText(text))}`),
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
