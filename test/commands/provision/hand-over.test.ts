import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import {
  handOver,
  handOverAll,
  manifestTitle,
  namedAccount,
  requireContent,
} from '../../../src/commands/provision/transfer.ts'
import type { Account } from '../../../src/domain/scope.ts'
import { exitCode } from '../../../src/errors.ts'
import type { Exported, Portable } from '../../../src/provision/transfer/portable.ts'

/* How what was exported or imported reaches its reader: on stdout, in a file, in several. */

const exported: Exported = { text: 'version: 1\n', variables: [], notes: [] }
const variable = (name: string) => ({ name, what: `what ${name} is`, value: null })
const nothing: Portable = { account: null, jobs: [], webhooks: [], policies: [], pagerduty: [], notes: [] }

function said(say: (io: Record<'stdout' | 'stderr', (line: string) => void>) => void) {
  const stdout: string[] = []
  const stderr: string[] = []
  say({ stdout: (line) => stdout.push(line), stderr: (line) => stderr.push(line) })
  return { stdout, stderr }
}

t.test(
  'without --out the text is printed with one end of line, and what to know goes to stderr',
  async (t) => {
    const notes = ['Job a: look at it.', 'Job b: look at it.']
    t.strictSame(
      said((io) => handOver({ ...exported, notes, variables: [variable('A')] }, null, io)),
      {
        stdout: ['version: 1'],
        stderr: [
          'note: Job a: look at it.',
          'note: Job b: look at it.',
          'Set this variable before running plan:',
          '  A  what A is',
        ],
      },
    )
    t.strictSame(
      said((io) => handOver({ ...exported, variables: [variable('A'), variable('B')] }, null, io)).stderr,
      ['Set these 2 variables before running plan:', '  A  what A is', '  B  what B is'],
    )
    t.strictSame(
      said((io) => handOver(exported, null, io)),
      { stdout: ['version: 1'], stderr: [] },
    )
  },
)

t.test('--out writes a new file as it is, and never over one that is there', async (t) => {
  const file = `${t.testdir()}/manifest.yaml`
  t.strictSame(
    said((io) => handOver(exported, file, io)),
    { stdout: [], stderr: [`Written to ${file}.`] },
  )
  t.equal(readFileSync(file, 'utf8'), exported.text)
  t.throws(() => said((io) => handOver({ ...exported, text: 'other' }, file, io)), {
    message: new RegExp(`^--out: cannot write ${file}: .*EEXIST`),
    exitCode: exitCode.failure,
  })
  t.equal(readFileSync(file, 'utf8'), exported.text)
})

t.test(
  'one manifest is handed over as one text; several are files of the folder, named after their source',
  async (t) => {
    const folder = `${t.testdir()}/deep/manifests`
    const one = { name: 'quay/stage', exported }
    t.strictSame(
      said((io) => handOverAll([one], null, io)),
      { stdout: ['version: 1'], stderr: [] },
    )
    t.strictSame(
      said((io) => handOverAll([], null, io)),
      { stdout: [], stderr: [] },
    )
    const names = ['quay/ stage', 'A-b_c.9', '../up', '', null]
    const { stderr } = said((io) =>
      handOverAll(
        names.slice(0, 4).map((name) => ({ name, exported })),
        folder,
        io,
      ),
    )
    t.strictSame(
      stderr,
      ['quay-stage', 'A-b_c.9', '-up', 'other'].map((name) => `Written to ${folder}/${name}.yaml.`),
    )
    const rest = `${folder}/rest`
    said((io) => handOverAll([one, { name: null, exported }], rest, io))
    t.strictSame(readdirSync(rest), ['other.yaml', 'quay-stage.yaml'])
    t.throws(() => said((io) => handOverAll([one, { name: null, exported }], null, io)), {
      message:
        'import: the files have resources of several accounts (quay/stage, (none)), and a manifest covers one; ' +
        'write a manifest for each with --out FOLDER, or select one with --account',
      exitCode: exitCode.usage,
    })
  },
)

t.test('a folder that cannot be made is told by its name', async (t) => {
  const file = `${t.testdir({ taken: '' })}/taken`
  const two = [
    { name: 'a', exported },
    { name: 'b', exported },
  ]
  t.throws(() => said((io) => handOverAll(two, `${file}/in`, io)), {
    message: `--out: cannot make the folder ${file}/in: a part of the path is not a directory`,
    exitCode: exitCode.failure,
  })
})

t.test('a manifest says where it is from, and of which account where that has a name', async (t) => {
  const title = (account: Account | null) => manifestTitle('Terraform', { ...nothing, account })
  const plain = 'logpush-exporter manifest, generated from Terraform.'
  t.equal(title(null), plain)
  t.equal(title({ id: 'a'.repeat(32), name: '' }), plain)
  t.equal(
    title({ id: '', name: 'Quay' }),
    'logpush-exporter manifest, generated from Terraform of account Quay.',
  )
})

t.test('an account is named by its id or by its name', async (t) => {
  const id = '0123456789abcdef0123456789abcdef'
  t.equal(namedAccount(null), null)
  t.strictSame(namedAccount(id), { id, name: '' })
  for (const name of ['Quay', `${id}0`, `x${id}`]) t.strictSame(namedAccount(name), { id: '', name })
})

t.test('a source of which nothing can be brought along is a failure that says why', async (t) => {
  const refused = (message: string) => ({ message, exitCode: exitCode.failure })
  const notes = ['The job a is skipped.', 'The job b is skipped.']
  t.throws(
    () => requireContent(nothing, 'the account'),
    refused('the account has no jobs, webhooks or policies'),
  )
  t.throws(
    () => requireContent({ ...nothing, notes }, 'a.yml'),
    refused('a.yml has no jobs, webhooks or policies: The job a is skipped. The job b is skipped.'),
  )
})
