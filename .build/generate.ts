/*
 * `npm run generate`: writes everything that is made from a table or a plain file: the README's tables, the
 * forms of the rules that the Prometheus operator takes, the dashboards, and the chart's copies of them.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { generatedFiles } from './generated/files.ts'

for (const { path, text } of generatedFiles()) {
  if (readFileSync(path, 'utf8') === text) continue
  writeFileSync(path, text)
  process.stdout.write(`${path} written\n`)
}
// The chart holds copies of what was just written.
const { status } = spawnSync('npm', ['run', '--silent', 'chart:files'], { stdio: 'inherit' })
process.exitCode = status ?? 1
