import { join } from 'node:path'
import t from 'tap'
import { processReferences, readManifestTexts } from '../../src/commands/manifest-files.ts'
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

t.test(
  'a reference reads the environment, and files below the folder of its manifest or an allowed one',
  async (t) => {
    const folder = t.testdir({
      own: { 'manifest.yaml': '', 'hec.txt': 'canary-hec', token: 'canary-token', 'web.yml': 'users' },
      allowed: { 'key.txt': 'canary-key' },
      elsewhere: { 'key.txt': 'canary-other' },
    })
    const own = join(folder, 'own')
    const settings = {
      referencesAllow: [join(folder, 'allowed')],
      apiTokenFile: join(own, 'token'),
      configFile: null,
    }
    const { env, readFile } = processReferences({ env: { HEC: 'canary' } }, settings)
    const read = (path: string) => readFile(path, join(own, 'manifest.yaml'))
    t.same([env('HEC'), env('NONE')], ['canary', undefined])
    t.same(read('hec.txt'), { ok: true, text: 'canary-hec' })
    t.same(read('../allowed/key.txt'), { ok: true, text: 'canary-key' })
    t.match(read('../elsewhere/key.txt'), { ok: false, reason: /outside the manifest's folder/ })
    const ours = { ok: false, reason: 'it belongs to logpush-exporter itself' } as const
    t.same(read('token'), ours)
    t.match(read('web.yml'), { ok: true }, 'which is not the web configuration here')
    const web = { ...settings, webConfigFile: join(own, 'web.yml') }
    t.same(processReferences({ env: {} }, web).readFile('web.yml', join(own, 'manifest.yaml')), ours)
  },
)
