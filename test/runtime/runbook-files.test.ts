import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { runbookFiles } from '../../src/runtime/runbook-files.ts'

t.test('runbooks are the Markdown files of a folder, by name, and no others', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'runbooks-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'below'))
  for (const name of ['b.md', 'a.md', 'notes.txt', 'md', '../outside.md', 'below/c.md'])
    writeFileSync(join(folder, name), `# ${name}`)
  t.teardown(() => rmSync(join(folder, '../outside.md')))
  const files = runbookFiles(folder)
  t.strictSame(await files.names(), ['a', 'b'])
  t.equal(await files.read('a'), '# a.md')
  for (const name of ['c', '../outside', 'below/c', 'a.md', '']) t.equal(await files.read(name), null, name)
})

t.test('a folder that is not there has none', async (t) => {
  const files = runbookFiles(join(tmpdir(), 'no-such-folder'))
  t.strictSame(await files.names(), [])
  t.equal(await files.read('a'), null)
})

t.test('runbooks come in the order of their names, whatever the order in the folder', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'runbooks-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const names = Array.from({ length: 40 }, (_, index) => `Alert${((index * 17) % 40) + 10}`)
  for (const name of names) writeFileSync(join(folder, `${name}.md`), '')
  t.strictSame(await runbookFiles(folder).names(), names.toSorted())
})
