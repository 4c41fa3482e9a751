import t from 'tap'
import { complainOf, complainOfPlan, problemsJson, warnOf } from '../../../src/commands/provision/problems.ts'
import { exitCode } from '../../../src/errors.ts'
import type { Problem } from '../../../src/provision/resource/problem.ts'

/* What is said of problems, and which exit code follows from them. */

const at = { file: 'm.yaml', line: 2, column: 3 }
const error: Problem = { at, level: 'error', message: 'wrong' }
const outside: Problem = { at, level: 'error', message: 'not answered', outside: true }
const warning: Problem = { at, level: 'warning', message: 'doubtful' }

const errorLine = 'm.yaml:2:3: wrong'
const outsideLine = 'm.yaml:2:3: not answered'
const warningLine = 'm.yaml:2:3: warning: doubtful'

function said<T>(say: (io: { stderr: (line: string) => void }) => T): readonly [T, readonly string[]] {
  const lines: string[] = []
  const result = say({ stderr: (line) => lines.push(line) })
  return [result, lines]
}

t.test('errors are counted, warnings are only shown', async (t) => {
  t.strictSame(
    said((io) => complainOf([warning, error, error], io)),
    [exitCode.manifest, [warningLine, errorLine, errorLine, '2 errors in the manifest']],
  )
})

t.test("the manifest is to blame when one error is its own, and not for Cloudflare's silence", async (t) => {
  t.strictSame(
    said((io) => complainOf([outside], io)),
    [exitCode.failure, [outsideLine, '1 error']],
  )
  t.strictSame(
    said((io) => complainOf([outside, error], io)),
    [exitCode.manifest, [outsideLine, errorLine, '2 errors in the manifest']],
  )
})

t.test('a plan with warnings alone can be applied, and says them', async (t) => {
  t.strictSame(
    said((io) => complainOfPlan([warning], io)),
    [null, [warningLine]],
  )
  t.strictSame(
    said((io) => complainOfPlan([warning, error], io)),
    [exitCode.manifest, [warningLine, errorLine, '1 error in the manifest']],
  )
  t.strictSame(
    said((io) => warnOf([], io)),
    [undefined, []],
  )
})

t.test('as JSON, what has no error is ok, with or without warnings', async (t) => {
  t.equal(problemsJson([]), '{\n  "ok": true,\n  "problems": []\n}')
  t.strictSame(JSON.parse(problemsJson([warning])), {
    ok: true,
    problems: [{ level: 'warning', ...at, message: 'doubtful' }],
  })
  t.match(JSON.parse(problemsJson([warning, error])), {
    ok: false,
    problems: [{ level: 'warning' }, { level: 'error' }],
  })
})
