import { join } from 'node:path'
import t from 'tap'
import { readManifestTexts } from '../../src/commands/manifest-files.ts'
import { exitCode } from '../../src/errors.ts'

const io = {
  readFile: (path: string) =>
    path.endsWith('locked.yaml')
      ? ({ ok: false, reason: 'permission denied' } as const)
      : ({ ok: true, text: path.slice(-6) } as const),
}
const refused = (paths: readonly string[]) => {
  try {
    return readManifestTexts(paths, io)
  } catch (error) {
    return error
  }
}

t.test('a folder stands for its YAML files by name, in the order of the paths', async (t) => {
  const folder = t.testdir({ 'b.yaml': '', 'a.yml': '', 'notes.md': '', 'c.yaml.bak': '' })
  const single = join(folder, 'notes.md')
  t.same(
    readManifestTexts([single, folder], io).map(({ file }) => file),
    [single, join(folder, 'a.yml'), join(folder, 'b.yaml')],
  )
})

t.test('a manifest that is not there or cannot be read is an error that names it', async (t) => {
  const folder = t.testdir({ 'locked.yaml': '', empty: {} })
  t.match(refused([]), { message: '--file: missing; pass a manifest, such as -f manifest.yaml' })
  for (const [path, problem] of [
    ['none.yaml', `cannot read ${join(folder, 'none.yaml')}: no such file`],
    ['locked.yaml', `cannot read ${join(folder, 'locked.yaml')}: permission denied`],
    ['empty', `the folder ${join(folder, 'empty')} contains no *.yaml or *.yml file`],
  ] as const) {
    const expected = { message: `--file: ${problem}`, exitCode: exitCode.manifest }
    t.match(refused([join(folder, path)]), expected)
  }
})
