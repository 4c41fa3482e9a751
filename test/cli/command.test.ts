import t from 'tap'
import { defineCommand } from '../../src/cli/command.ts'
import { readCommandLine } from '../../src/cli/command-line.ts'
import { program } from '../../src/commands/program/program.ts'
import { listSetting, switchSetting } from '../../src/settings/setting.ts'
import { filePath } from '../../src/settings/setting-kinds.ts'
import { runProgram } from '../support/run-provision.ts'

/* What a command makes of its arguments, and what the program answers where there is nothing to run. */

const command = defineCommand({
  options: {
    file: listSetting({ flag: 'file', kind: filePath, only: 'flag', help: 'Read this.' }),
    yes: switchSetting({ flag: 'yes', only: 'flag', help: 'Do not ask.' }),
  },
  operands: { what: 'one name', max: 1 },
  conflicts: ({ yes, file }) => (yes && file.length > 0 ? ['--yes: not with --file'] : []),
  run: async () => 0,
})

async function read(...argv: readonly string[]) {
  let lookups = 0
  const owners = async () => {
    lookups += 1
    return new Map([['once', 'demo']])
  }
  const readFile = () => ({ ok: false, reason: 'no such file' }) as const
  const parsed = await command.read({ argv, env: {}, readFile }, { name: 'try', owners })
  const { operands, problems } = parsed.ok ? { ...parsed, problems: [] } : { ...parsed, operands: [] }
  return { lookups, operands, problems }
}

t.test('operands are handed over up to their number; what is beyond is refused', async (t) => {
  t.strictSame(await read('a', '--yes'), { lookups: 0, operands: ['a'], problems: [] })
  t.strictSame(await read('a', 'b', 'c'), {
    lookups: 0,
    operands: [],
    problems: [
      'b: unexpected argument; "try" takes one name',
      'c: unexpected argument; "try" takes one name',
    ],
  })
})

t.test('the flags of other commands are looked at only where a flag is unknown, once', async (t) => {
  t.strictSame(await read('--file'), { lookups: 0, operands: [], problems: ['--file: expected a value'] })
  t.strictSame(await read('--once', '--file'), {
    lookups: 1,
    operands: [],
    problems: ['--once: is a flag of "demo", not of "try"', '--file: expected a value'],
  })
})

t.test('options that contradict each other are told once nothing else is wrong', async (t) => {
  t.strictSame(await read('--yes', '--file=a'), {
    lookups: 0,
    operands: [],
    problems: ['--yes: not with --file'],
  })
  const { problems } = await read('--yes=maybe', '--file=a', 'a', 'b')
  t.strictSame(problems, [
    'b: unexpected argument; "try" takes one name',
    '--yes: expected true or false, found "maybe"',
  ])
  t.strictSame((await read('--yes', '--file=a', 'a', 'b')).problems, [
    'b: unexpected argument; "try" takes one name',
  ])
})

const lineOf = (...argv: readonly string[]) =>
  readCommandLine(program, { argv, env: {}, readFile: () => ({ ok: false, reason: 'no such file' }) })

t.test('what is wrong says which help to read', async (t) => {
  const helpOf = async (...argv: readonly string[]) => {
    const line = await lineOf(...argv)
    return line.kind === 'wrong' ? line.help : null
  }
  t.equal(await helpOf('zzz'), 'logpush-exporter --help')
  t.equal(await helpOf('provision'), 'logpush-exporter provision --help')
  t.equal(await helpOf('provision', 'pagerduty', 'zzz'), 'logpush-exporter provision pagerduty --help')
  t.equal(await helpOf('provision', 'plan', '--zzz'), 'logpush-exporter provision plan --help')
})

t.test('behind an unknown flag the command is the first word that can be one', async (t) => {
  const problemsOf = async (...argv: readonly string[]) => {
    const line = await lineOf(...argv)
    return line.kind === 'wrong' ? line.problems : []
  }
  t.strictSame(await problemsOf('--zzz', 'simulate', 'extra'), ['--zzz: unknown flag'])
  t.match(await problemsOf('extra', '--zzz', 'simulate'), [/^"extra": unknown command; commands are /])
  const help = await lineOf('--zzz', 'help', 'provision', 'schema')
  t.match(help, { kind: 'text', text: /^Usage: logpush-exporter provision schema > / })
  t.match(await lineOf('provision', '--', 'schema'), {
    problems: [/^provision: expected a verb: validate, /],
  })
})

t.test(
  'texts go to stdout and are a success; mistakes are one message that ends with where to read on',
  async (t) => {
    const version = await runProgram(['provision', 'schema', '--version'])
    t.match(version, { code: 0, stdout: /^logpush-exporter \S+ \([^\n]*\)\n$/, stderr: '' })
    t.match(await runProgram(['provision', 'schema', '--help']), {
      code: 0,
      stdout: /^Usage: logpush-exporter provision schema > manifest\.schema\.json\n/,
    })
    t.strictSame(await runProgram(['provision', 'schema', 'a', 'b']), {
      code: 64,
      stdout: '',
      stderr: [
        'logpush-exporter: invalid settings (2 errors):',
        '  a: unexpected argument',
        '  b: unexpected argument',
        'See: logpush-exporter provision schema --help',
        '',
      ].join('\n'),
    })
  },
)
