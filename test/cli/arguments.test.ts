import t from 'tap'
import { explain, type FlagShape, flagShapes, readArguments } from '../../src/cli/arguments.ts'
import { allSettings } from '../../src/settings/exporter-settings.ts'

/* How the words of a command line are taken apart, and how mistakes are explained. */

const shapes: readonly FlagShape[] = [
  { name: 'to', short: null, takesValue: true },
  { name: 'file', short: 'f', takesValue: true },
  { name: 'yes', short: 'y', takesValue: false },
]
const read = (...argv: readonly string[]) => readArguments(argv, shapes)
const given = (...argv: readonly string[]) => Object.fromEntries(read(...argv).given)
const words = (...argv: readonly string[]) => read(...argv).operands.map(({ text }) => text)
const mistakes = (...argv: readonly string[]) =>
  read(...argv).errors.map(({ what, written, follower }) => [what, written, follower?.text ?? null])

t.test('a value follows its flag, or an equals sign; of several all are kept, in order', async (t) => {
  t.strictSame(given('--to', 'a', '--file=b', '-f', 'c', '-f=d'), { to: ['a'], file: ['b', 'c', 'd'] })
  t.strictSame(given('--to='), { to: [''] })
  t.strictSame(given('--to=a=b'), { to: ['a=b'] })
  t.strictSame(words('--to', 'a', 'b', '--file=c', 'd'), ['b', 'd'])
  t.strictSame(read('x', '--to', 'a', 'b').operands, [
    { text: 'x', index: 0 },
    { text: 'b', index: 3 },
  ])
})

t.test('a switch takes no word, is turned off by no-, and keeps a value for its reader', async (t) => {
  t.strictSame(given('--yes', '-y', '--no-yes', '--yes=maybe'), { yes: ['true', 'true', 'false', 'maybe'] })
  t.strictSame(words('--yes', 'a', '-y', 'b'), ['a', 'b'])
  t.strictSame(mistakes('--no-yes=true'), [['takes no value', '--no-yes', null]])
  t.strictSame(given('--no-yes=true'), {})
})

t.test('after -- all are words', async (t) => {
  t.strictSame(words('-y', '--', '--to', '-f'), ['--to', '-f'])
  t.strictSame(given('-y', '--', '--to', '-f'), { yes: ['true'] })
})

t.test('a value that is missing is told apart from one that looks like a flag', async (t) => {
  t.strictSame(mistakes('--to'), [['value missing', '--to', null]])
  t.strictSame(mistakes('--to', '--yes'), [['value before the next flag missing', '--to', null]])
  t.strictSame(given('--to', '--yes'), { yes: ['true'] })
})

t.test('an unknown flag keeps the word behind it to itself, since that may be a secret', async (t) => {
  t.strictSame(read('--tok', 'canary', 'a'), {
    given: new Map(),
    operands: [{ text: 'a', index: 2 }],
    errors: [{ what: 'unknown', written: '--tok', follower: { text: 'canary', index: 1 } }],
  })
  t.strictSame(mistakes('--tok=canary', 'a'), [['unknown', '--tok', null]])
  t.strictSame(mistakes('--tok', '--yes'), [['unknown', '--tok', null]])
})

t.test('one dash is for one letter, two are for names; only switches have a no-', async (t) => {
  for (const argument of ['-to', '-file', '-no-yes', '--f', '--y', '--no-to', '--no-'])
    t.strictSame(mistakes(argument), [['unknown', argument, null]], argument)
})

t.test('the flags of a table are those that have one; switches take no value', async (t) => {
  const { apiToken, lablabs, statePath } = allSettings
  t.strictSame(flagShapes({ apiToken, lablabs, statePath }), [
    { name: 'compat.lablabs', short: null, takesValue: false },
    { name: 'state.path', short: null, takesValue: true },
  ])
})

t.test('mistakes are explained with what to write instead', async (t) => {
  const owners = new Map([
    ['once', 'demo'],
    ['yes', 'provision apply'],
    ['speed', 'demo'],
  ])
  const said = (what: 'unknown' | 'value missing' | 'takes no value', written: string) =>
    explain({ what, written, follower: null }, { command: 'check', shapes, owners })
  t.equal(said('value missing', '--to'), '--to: expected a value')
  t.equal(said('takes no value', '--no-yes'), '--no-yes: takes no value')
  t.equal(
    explain(
      { what: 'value before the next flag missing', written: '--to', follower: null },
      { command: 'check', shapes, owners },
    ),
    '--to: expected a value; write --to=VALUE if the value starts with a dash',
  )
  t.equal(said('unknown', '--once'), '--once: is a flag of "demo", not of "check"')
  t.equal(said('unknown', '--no-once'), '--no-once: is a flag of "demo", not of "check"')
  t.equal(said('unknown', '--fil'), '--fil: unknown flag; did you mean --file?')
  t.equal(said('unknown', '--no-yess'), '--no-yess: unknown flag; did you mean --no-yes?')
  t.equal(said('unknown', '-yes'), '-yes: unknown flag; did you mean --yes?', 'its own, not that of another')
  t.equal(said('unknown', '--no-file'), '--no-file: unknown flag; did you mean --file?')
  t.equal(said('unknown', '--ti'), '--ti: unknown flag; did you mean --to?')
  t.equal(said('unknown', '-t'), '-t: unknown flag', 'one letter may be a slip for anything')
  const secret = '; secrets are never passed as flags, because everyone on the machine can read those'
  for (const name of ['api-token', 'client-Secret', 'PASSWORD', 'ssh-key'])
    t.equal(said('unknown', `--${name}`), `--${name}: unknown flag${secret}`)
})
