import { readFileSync } from 'node:fs'
import t from 'tap'
import { generatedFiles } from '../.build/generated/files.ts'
import { withSection } from '../.build/generated/readme-tables.ts'

t.test('generated files are as the tables make them', async (t) => {
  const files = generatedFiles()
  t.ok(files.length > 5)
  for (const { path, text } of files) {
    t.ok(readFileSync(path, 'utf8') === text, `${path}: run npm run generate`)
  }
})

t.test('a section is replaced whole, and a missing one is an error', async (t) => {
  const page = 'a\n<!-- x:begin -->\nold\nrows\n<!-- x:end -->\nb\n'
  t.equal(withSection(page, 'x', 'new'), 'a\n<!-- x:begin -->\nnew\n<!-- x:end -->\nb\n')
  t.throws(() => withSection(page, 'y', 'new'), { message: 'there is no section y' })
})
