import { stringify } from 'yaml'
import { columns } from '../../domain/columns.ts'
import type { Variable } from './portable.ts'
import type { Mapping } from './portable-job.ts'

export function manifestText(
  value: Mapping,
  { title, variables, notes }: { title: string; variables: readonly Variable[]; notes: readonly string[] },
): string {
  const comments = [
    title,
    ...(variables.length === 0
      ? []
      : [
          '',
          'Set these in the environment before running plan; secrets are never written here:',
          ...columns(variables.map(({ name, what }) => [`  ${name}`, what])),
        ]),
    ...(notes.length === 0 ? [] : ['', 'Review:', ...notes.map((note) => `- ${note}`)]),
  ]
  // A line break in a name must not end a comment.
  const lines = comments.map((line) => `# ${line.replace(/[\r\n\u0085\u2028\u2029]+/g, ' ')}`.trimEnd())
  return `${lines.join('\n')}\n${yamlText(value)}`
}

/** Every text on one line, so that nothing depends on folding. */
export function yamlText(value: Mapping): string {
  return stringify(value, { lineWidth: 0, blockQuote: false, aliasDuplicateObjects: false })
}
