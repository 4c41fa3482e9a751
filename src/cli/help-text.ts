import { columns } from '../domain/columns.ts'
import type { Setting, Table } from '../settings/setting.ts'
import type { Command, Group } from './command.ts'
import { processOptions } from './options.ts'

/* The tables of settings as people read them: help texts and the README's table. */

export const programName = 'logpush-exporter'

const width = 96

/** What `--help` of one command shows; `typed` is its name as the usage lines begin. */
export function commandHelp(typed: string, summary: string, command: Command): string {
  const usage = command.usage ?? ['[flags]']
  return [
    usageLines(usage.map((line) => `${typed} ${line}`)),
    ...fold(summary, ''),
    '',
    'Flags:',
    ...flagLines({ ...command.options, ...processOptions }),
    ...notesOf(command),
  ].join('\n')
}

/** What `--help` of a group shows: its commands, and the flags of the one that runs when none is named. */
export async function groupHelp(path: readonly string[], group: Group): Promise<string> {
  const { about, noun, entries, fallback } = group
  const placeholder = [...path, noun.toUpperCase(), '[flags]'].join(' ')
  const main = await fallback?.load()
  return [
    usageLines([...(fallback === undefined ? [] : [`[${fallback.name}] [flags]`]), placeholder]),
    ...fold(about, ''),
    '',
    `${noun[0]?.toUpperCase()}${noun.slice(1)}s:`,
    ...columns(entries.map(({ name, summary }) => [`  ${name}`, summary])),
    '',
    ...(fallback === undefined || main?.kind !== 'command'
      ? [`Flags of a ${noun}: ${[programName, ...path, noun.toUpperCase(), '--help'].join(' ')}`]
      : [
          `Flags of ${fallback.name}:`,
          ...flagLines({ ...main.options, ...processOptions }),
          ...notesOf(main),
        ]),
  ].join('\n')
}

function notesOf({ notes = [] }: Command): readonly string[] {
  return notes.flatMap((note) => ['', ...fold(note, '')])
}

function usageLines(usage: readonly string[]): string {
  return `${usage.map((line, index) => `${index === 0 ? 'Usage:' : '      '} ${programName} ${line}`).join('\n')}\n`
}

function flagLines(table: Table): readonly string[] {
  return Object.values(table).flatMap((row) => {
    if (row.flag === null) return []
    const facts = [
      ...(row.fallbackText === '' || row.placeholder === null ? [] : [`default ${row.fallbackText}`]),
      ...(row.repeatable ? ['repeatable or comma-separated'] : []),
    ]
    const text = facts.length === 0 ? row.help : `${row.help} (${facts.join('; ')})`
    return [`  ${flagForms(row)}`, ...fold(text, '        ')]
  })
}

function flagForms(row: Setting<unknown>): string {
  const short = row.short === null ? '' : `-${row.short}, `
  if (row.placeholder !== null) return `${short}--${row.flag}=${row.placeholder}`
  return row.fileKey === null ? `${short}--${row.flag}` : `${short}--[no-]${row.flag}`
}

function fold(text: string, indent: string): readonly string[] {
  const lines: string[] = []
  let line = indent
  for (const word of text.split(' ')) {
    if (line !== indent && line.length + 1 + word.length > width) {
      lines.push(line)
      line = indent
    }
    line += line === indent ? word : ` ${word}`
  }
  return [...lines, line]
}
