/*
 * `npm run generate`: writes everything that is made from a table, a plain file or the built demo: the README's
 * tables and what it shows of the demo, the forms of the rules that the Prometheus operator takes, the dashboards, and the chart's copies of them.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { readmeWithDemo } from '../test/support/demo-output.ts'
import { type GeneratedFile, generatedFiles } from './generated/files.ts'

function write({ path, text }: GeneratedFile): void {
  if (readFileSync(path, 'utf8') === text) return
  writeFileSync(path, text)
  process.stdout.write(`${path} written\n`)
}

for (const file of generatedFiles()) write(file)
write({ path: 'README.md', text: await readmeWithDemo(readFileSync('README.md', 'utf8')) })
// The chart holds copies of what was just written.
const { status } = spawnSync('npm', ['run', '--silent', 'chart:files'], { stdio: 'inherit' })
process.exitCode = status ?? 1
