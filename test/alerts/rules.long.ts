import { join } from 'node:path'
import t from 'tap'
import { alertsFiles, alertsFolder } from '../../.build/generated/alert-files.ts'
import { missingPrograms, runProgram } from '../support/programs.ts'
import { isLongRuleTest, ruleTestFiles } from '../support/rule-tests.ts'

/* Rule tests over many weeks, which take minutes. */

t.setTimeout(900_000)

t.test('every long rule test passes', { skip: missingPrograms('promtool') }, async (t) => {
  const files = [...alertsFiles('tests', '.long.yaml'), ...ruleTestFiles.filter(isLongRuleTest)]
  t.ok(files.length > 4)
  for (const file of files) {
    const { status, output } = await runProgram('promtool', ['test', 'rules', join(alertsFolder, file)])
    t.equal(status, 0, status === 0 ? file : `${file}\n${output}`)
  }
})
