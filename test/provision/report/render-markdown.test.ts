import t from 'tap'
import type { Change, Plan } from '../../../src/provision/plan/change.ts'
import { planMarkdown } from '../../../src/provision/report/render-markdown.ts'
import type { Problem } from '../../../src/provision/resource/problem.ts'
import { aJob, zone } from '../../support/provision-values.ts'

/* How much of a plan a comment holds, to the byte. */

const plan = (parts: Partial<Plan>): Plan => ({
  changes: [],
  unchanged: 0,
  leftOver: [],
  notes: [],
  ...parts,
})
const shown = (parts: Partial<Plan>, problems: readonly Problem[] = []) =>
  planMarkdown({ plan: plan(parts), objections: [], problems })
const bytes = (lines: readonly string[]) => Buffer.byteLength(lines.map((line) => `${line}\n`).join(''))

const head = 'No changes: 0 objects up to date.'
const restOf = (count: number, what: string) => `… and ${count} more ${what}: see the plan as text or JSON.`

t.test('notes are shown as far as 10,000 bytes hold them and the line for the rest', async (t) => {
  const empty = bytes(['', '> **Note:** '])
  const room = 10_000 - bytes(['', restOf(2, 'notes')])
  const note = (size: number) => 'x'.repeat(size - empty)
  const half = Math.floor(room / 2)
  const full = shown({ notes: [note(half), note(room - half)] })
  t.equal(full.filter((line) => line.startsWith('> **Note:**')).length, 2)
  t.equal(full.length, 5)
  const cut = shown({ notes: [note(half), note(room - half + 1)] })
  t.same(cut, [`### ${head}`, '', `> **Note:** ${note(half)}`, '', restOf(1, 'notes')])
  const wide = shown({ notes: [note(half), 'é'.repeat((room - half - empty) / 2 + 1)] })
  t.same(wide.at(-1), restOf(1, 'notes'), 'bytes count, not characters')
})

t.test('what does not fit does not come back later', async (t) => {
  const lines = shown({ notes: ['a', 'x'.repeat(10_000), 'b'] })
  t.same(lines, [`### ${head}`, '', '> **Note:** a', '', restOf(2, 'notes')])
})

t.test('problems have 15,000 bytes', async (t) => {
  const at = { file: 'm.yaml', line: 1, column: 2 }
  const problem = (message: string): Problem => ({ at, level: 'error', message })
  const room = 15_000 - bytes(['', restOf(2, 'problems and objections')])
  const empty = bytes(['', '> **Error:** m.yaml:1:2: '])
  const half = Math.floor(room / 2)
  const long = (size: number) => problem('x'.repeat(size - empty))
  const count = (...sizes: readonly number[]) => {
    const lines = shown({}, sizes.map(long))
    return [lines.filter((line) => line.startsWith('> **Error')).length, lines.at(-1)?.startsWith('…')]
  }
  t.same(count(half, room - half), [2, false])
  t.same(count(half, room - half + 1), [1, true])
})

function create(name: string, to: string): Change {
  const desired = aJob({ name, scope: zone })
  return { change: 'create', kind: 'job', desired, fields: [{ path: 'filter', from: null, to }] }
}

t.test('a value is cut behind 1,000 characters', async (t) => {
  const row = (size: number) => shown({ changes: [create('sre-x', 'x'.repeat(size))] }).at(-1)
  t.equal(row(1_000), `| \`filter\` | \`${'x'.repeat(1_000)}\` |`)
  t.equal(row(1_001), `| \`filter\` | \`${'x'.repeat(1_000)}…\` |`)
})

t.test('an empty value is a code span all the same', async (t) => {
  t.equal(shown({ changes: [create('sre-x', '')] }).at(-1), '| `filter` | ` ` |')
})

t.test('the names of a group are halved until 2,000 bytes hold them', async (t) => {
  const group = (count: number) => {
    const changes = Array.from({ length: count }, (_, index) =>
      create(`sre-${String(index).padStart(4, '0')}`, 'x'),
    )
    const lines = shown({ changes })
    return lines[lines.indexOf('<details>') + 3] ?? ''
  }
  // `sre-0000 (quay.example)` and a comma: 25 bytes each.
  t.equal(group(79).split(', ').length, 79)
  t.notMatch(group(79), /more/)
  t.match(group(81), / and 41 more$/)
  t.equal(group(81).split(', ').length, 40)
  t.match(group(400), / and 350 more$/)
})
