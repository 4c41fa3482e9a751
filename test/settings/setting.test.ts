import t from 'tap'
import type { Positioned } from '../../src/domain/positioned.ts'
import { Secret } from '../../src/domain/secret.ts'
import { allSettings } from '../../src/settings/exporter-settings.ts'
import {
  envName,
  fileKeyOf,
  listSetting,
  readNode,
  secretSetting,
  setting,
  switchSetting,
} from '../../src/settings/setting.ts'
import { filePath, oneOf, orNone, wholeNumberKind } from '../../src/settings/setting-kinds.ts'
import { readYaml } from '../../src/settings/yaml-text.ts'

/* What a row of a table makes of texts and of the file's nodes, and how it shows values. */

const mode = setting({ flag: 'mode', kind: oneOf('fast', 'slow'), default: 'slow', help: 'How.' })
const path = setting({ flag: 'out.file-path', kind: orNone(filePath), help: 'Where to.' })
const numbers = listSetting({ flag: 'n', kind: wholeNumberKind(1, 9), help: 'Which.' })
const atLeastOne = listSetting({ flag: 'n', kind: wholeNumberKind(1, 9), default: '5', help: 'Which.' })
const yes = switchSetting({ flag: 'yes', help: 'Go on.' })
const token = secretSetting({ env: 'TOKEN', help: 'Who.' })

t.test('variables and keys of the file follow from the flag', async (t) => {
  t.equal(envName('web.listen-address'), 'LOGPUSH_EXPORTER_WEB_LISTEN_ADDRESS')
  t.equal(fileKeyOf('web.config.file'), 'web.config_file')
  t.equal(fileKeyOf('total-shards'), 'total_shards')
  t.match(path, { flag: 'out.file-path', env: 'LOGPUSH_EXPORTER_OUT_FILE_PATH', fileKey: 'out.file_path' })
  const flagOnly = switchSetting({ flag: 'a', only: 'flag', help: 'A.' })
  t.match(flagOnly, { env: null, fileKey: null, reloadable: false, short: null })
  const both = switchSetting({ flag: 'a', only: 'flag and environment', help: 'A.' })
  t.match(both, { env: 'LOGPUSH_EXPORTER_A', fileKey: null })
})

t.test('no text at all is an empty one', async (t) => {
  t.strictSame(mode.fromTexts([]), { ok: false, found: 'nothing' })
  t.strictSame(path.fromTexts([]), { ok: true, value: null })
  t.strictSame(yes.fromTexts([]), { ok: false, found: 'nothing' })
  t.strictSame(token.fromTexts([]), { ok: false, found: 'text of 0 characters, some not allowed' })
  t.strictSame(numbers.fromTexts([]), { ok: true, value: [] })
  t.strictSame(atLeastOne.fromTexts([]), { ok: false, found: 'an empty list' })
  t.strictSame(allSettings.arrival.fromTexts([]), { ok: false, found: 'nothing' }, 'of what has a shape too')
  t.strictSame(allSettings.arrival.fromTexts(['s3']), { ok: false, found: '"s3"' })
})

t.test('values are shown as they are written, none as none, and a secret never', async (t) => {
  t.equal(mode.show('fast'), 'fast')
  t.strictSame([path.show('a'), path.show(null)], ['a', 'none'])
  t.strictSame([numbers.show([1, 2]), numbers.show([])], ['1, 2', 'none'])
  t.strictSame([yes.show(true), yes.show(false)], ['true', 'false'])
  t.strictSame([token.show(new Secret('canary')), token.show(null)], ['***', 'none'])
})

t.test('a secret loses the spaces around it, and holds none', async (t) => {
  const read = (text: string) => {
    const reading = token.fromTexts([text])
    return reading.ok ? reading.value?.reveal() : reading.found
  }
  t.equal(read(' token\n'), 'token')
  t.equal(read('to ken'), 'text of 6 characters, some not allowed')
})

t.test('a default that its own kind refuses is a mistake of ours', async (t) => {
  t.throws(
    () => setting({ flag: 'mode', kind: oneOf('fast'), help: 'How.' }),
    /--mode does not accept its own default nothing/,
  )
})

function nodeOf(text: string): Positioned {
  const read = readYaml(text)
  if (!read.ok) throw new Error(read.problems[0]?.message)
  const [entry] = read.root.kind === 'map' ? read.root.entries : []
  if (entry === undefined) throw new Error('no entry')
  return entry.value
}

t.test('a node of the file is a text, or where several are taken a list of them', async (t) => {
  t.strictSame(readNode(numbers, nodeOf('n: [1, 2]')), { ok: true, value: [1, 2] })
  t.strictSame(readNode(numbers, nodeOf('n: 1, 2')), { ok: true, value: [1, 2] })
  t.strictSame(readNode(numbers, nodeOf('n: []')), { ok: true, value: [] })
  t.strictSame(readNode(mode, nodeOf('mode: fast')), { ok: true, value: 'fast' })
  const problem = (column: number, found: string, expected = 'one of fast, slow') => ({
    ok: false,
    problems: [{ at: { line: 1, column }, message: `expected ${expected}, found ${found}` }],
  })
  t.strictSame(readNode(mode, nodeOf('mode: [fast]')), problem(7, 'a list'))
  t.strictSame(readNode(mode, nodeOf('mode: {a: fast}')), problem(7, 'a mapping'))
  t.match(readNode(mode, nodeOf('mode:')), { problems: [{ message: /found nothing$/ }] })
  const number = 'a whole number from 1 to 9'
  t.strictSame(readNode(numbers, nodeOf('n: [1, "2, 3"]')), problem(8, '"2, 3"', number))
  t.strictSame(readNode(numbers, nodeOf('n: [1, [2]]')), problem(8, 'a list', number))
  t.strictSame(readNode(atLeastOne, nodeOf('n: []')), problem(4, 'an empty list', number))
})
