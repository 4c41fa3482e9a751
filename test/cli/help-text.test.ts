import t from 'tap'
import { type CommandSpec, defineCommand, entries, type Group } from '../../src/cli/command.ts'
import { commandHelp, groupHelp } from '../../src/cli/help-text.ts'
import { listSetting, setting, switchSetting } from '../../src/settings/setting.ts'
import { filePath, oneOf, orNone } from '../../src/settings/setting-kinds.ts'

/* How help is laid out, whatever the commands are. */

const aCommand = (more: Partial<CommandSpec<Record<never, never>>> = {}) =>
  defineCommand({ options: {}, run: async () => 0, ...more })

/** The lines of help behind its list of flags. */
function notesOf(note: string): readonly string[] {
  const lines = commandHelp('try', 'Try it.', aCommand({ notes: [note] })).split('\n')
  return lines.slice(lines.lastIndexOf('') + 1)
}

t.test('a line is filled up to 96 columns, and a longer word stands alone', async (t) => {
  const [left, right] = ['l'.repeat(50), 'r'.repeat(45)]
  t.strictSame(notesOf(`${left} ${right}`), [`${left} ${right}`])
  t.strictSame(notesOf(`${left} ${right}r`), [left, `${right}r`])
  const long = 'x'.repeat(120)
  t.strictSame(notesOf(`${long} a b`), [long, 'a b'])
})

t.test('a flag is shown with its short form, its value, its default and whether it repeats', async (t) => {
  const command = defineCommand({
    usage: ['-f PATH [flags]', 'NAME [flags]'],
    options: {
      file: listSetting({ flag: 'file', short: 'f', kind: filePath, only: 'flag', help: 'Read this.' }),
      out: setting({ flag: 'out', kind: orNone(filePath), only: 'flag', help: 'Write there.' }),
      to: setting({ flag: 'to', kind: oneOf('a', 'b'), default: 'b', only: 'flag', help: 'Form.' }),
      yes: switchSetting({ flag: 'yes', short: 'y', only: 'flag', help: 'Do not ask.' }),
      fast: switchSetting({ flag: 'try.fast', help: 'Hurry.' }),
    },
    run: async () => 0,
  })
  t.equal(
    commandHelp('try', 'Try it.', command),
    `Usage: logpush-exporter try -f PATH [flags]
       logpush-exporter try NAME [flags]

Try it.

Flags:
  -f, --file=PATH
        Read this. (repeatable or comma-separated)
  --out=PATH
        Write there.
  --to=a|b
        Form. (default b)
  -y, --yes
        Do not ask.
  --[no-]try.fast
        Hurry.
  -h, --help
        Show this help.
  --version
        Show the version.`,
  )
})

t.test('a group lists its commands, and tells the flags of the one that runs unnamed', async (t) => {
  const rows = entries(
    ['go', 'Go on.', async () => ({ command: aCommand({ notes: ['Goes on.'] }) })],
    ['stop', 'Stop it.', async () => ({ command: aCommand() })],
  )
  const group: Group = { kind: 'group', noun: 'verb', about: 'Moves.', entries: rows }
  t.equal(
    await groupHelp(['move'], group),
    `Usage: logpush-exporter move VERB [flags]

Moves.

Verbs:
  go    Go on.
  stop  Stop it.

Flags of a verb: logpush-exporter move VERB --help`,
  )
  const [fallback] = rows
  t.equal(
    await groupHelp([], { ...group, noun: 'command', ...(fallback && { fallback }) }),
    `Usage: logpush-exporter [go] [flags]
       logpush-exporter COMMAND [flags]

Moves.

Commands:
  go    Go on.
  stop  Stop it.

Flags of go:
  -h, --help
        Show this help.
  --version
        Show the version.

Goes on.`,
  )
})
