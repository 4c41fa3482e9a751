import type { Setting, Table } from '../settings/setting.ts'

/*
 * The tables of settings as people read them: usage texts and the README's table.
 */

const width = 96

export interface CommandText {
  readonly name: string
  /** One sentence. */
  readonly summary: string
  /** What follows the program's name, one line each. */
  readonly usage: readonly string[]
  readonly table: Table
  /** Paragraphs after the flags. */
  readonly notes: readonly string[]
}

/** What `--help` of one command shows. */
export function commandHelp(command: CommandText): string {
  return [
    usageLines(command.usage),
    ...fold(command.summary, ''),
    '',
    'Flags:',
    ...flagLines(command.table),
    ...command.notes.flatMap((note) => ['', ...fold(note, '')]),
  ].join('\n')
}

/** What `--help` without a command shows: all commands, and the flags of the default one. */
export function overviewHelp(about: string, commands: readonly CommandText[], main: CommandText): string {
  const longest = Math.max(...commands.map(({ name }) => name.length))
  return [
    usageLines([...main.usage, 'COMMAND [flags]']),
    ...fold(about, ''),
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(longest)}  ${summary}`),
    '',
    `Flags of ${main.name}:`,
    ...flagLines(main.table),
    ...main.notes.flatMap((note) => ['', ...fold(note, '')]),
  ].join('\n')
}

function usageLines(usage: readonly string[]): string {
  return `${usage.map((line, index) => `${index === 0 ? 'Usage:' : '      '} logpush-exporter ${line}`).join('\n')}\n`
}

function flagLines(table: Table): readonly string[] {
  return Object.values(table).flatMap((row) => {
    if (row.flag === null) return []
    const facts = [
      ...(row.fallbackText === '' || row.placeholder === null ? [] : [`default ${row.fallbackText}`]),
      ...(row.repeatable ? ['repeatable, or a comma list'] : []),
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

/** Breaks a text into lines of at most `width` characters. */
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

/** The README's table: flag, environment twin, file key, default, meaning. */
export function settingsMarkdown(table: Table): string {
  const code = (text: string | null) =>
    text === null || text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``
  const rows = Object.values(table).map((row) => [
    code(row.flag === null ? null : `--${row.flag}`),
    code(row.env),
    code(row.fileKey),
    code(row.fallbackText),
    [row.help, row.repeatable ? 'Repeatable.' : '', row.reloadable ? 'Reloadable.' : '']
      .filter((part) => part !== '')
      .join(' ')
      .replaceAll('|', '\\|'),
  ])
  const lines = [
    ['flag', 'environment', 'file key', 'default', 'meaning'],
    ['---', '---', '---', '---', '---'],
    ...rows,
  ]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
