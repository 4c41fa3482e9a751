import type { Table } from '../../src/settings/setting.ts'

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
    ['Flag', 'Environment variable', 'File key', 'Default', 'Meaning'],
    ['---', '---', '---', '---', '---'],
    ...rows,
  ]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
