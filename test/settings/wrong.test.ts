import { fileURLToPath } from 'node:url'
import t from 'tap'
import { readCommandLine } from '../../src/cli/command-line.ts'
import { program } from '../../src/commands/program/program.ts'
import { caseFiles, rewriteLastSection, updating } from '../support/case-file.ts'

const cases = caseFiles(fileURLToPath(new URL('wrong', import.meta.url)))

t.ok(cases.length >= 40, 'all case files are found')

for (const one of cases) {
  t.test(`refused: ${one.title}`, async (t) => {
    const env = Object.fromEntries(
      ['CLOUDFLARE_API_TOKEN=token', ...one.lines('environment')].map((line) => {
        const [name = '', ...value] = line.split('=')
        return [name, value.join('=')]
      }),
    )
    const parsed = await readCommandLine(program, {
      argv: one.lines('arguments'),
      env,
      readFile: (path) =>
        one.has(path) ? { ok: true, text: one.section(path) } : { ok: false, reason: 'no such file' },
    })
    const problems =
      parsed.kind !== 'wrong' ? '(none)\n' : parsed.problems.map((problem) => `${problem}\n`).join('')
    if (updating) rewriteLastSection(one.path, 'problems', problems)
    else t.equal(problems, one.section('problems').replace(/\n\n$/, '\n'))
    t.notMatch(problems, /canary/, 'no secret is repeated')
  })
}
