import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { UserError } from '../../src/errors.ts'
import { prepareStateFolder } from '../../src/runtime/state-folder.ts'

const folder = mkdtempSync(join(tmpdir(), 'state-folder-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

t.test('folders that are not there are made, however many', async (t) => {
  prepareStateFolder(join(folder, 'a/b/c/ledger.db'))
  t.ok(existsSync(join(folder, 'a/b/c')))
  prepareStateFolder(join(folder, 'a/b/c/ledger.db'))
  writeFileSync(join(folder, 'a/b/c/ledger.db'), '')
  prepareStateFolder(join(folder, 'a/b/c/ledger.db'))
})

function refused(path: string): string {
  try {
    prepareStateFolder(path)
  } catch (error) {
    if (error instanceof UserError) return `${error.exitCode} ${error.message}`
    throw error
  }
  return 'fine'
}

const advice = 'Name a file in a folder that this user may write, or :memory: to keep no state.'

t.test('a folder that the system never lets be made is a usage error, at once', async (t) => {
  t.equal(
    refused('/proc/x/y/ledger.db'),
    `64 --state.path: the folder /proc/x/y cannot be created: no such file. ${advice}`,
  )
})

t.test(
  'a file in the way of the folder, and a folder in the way of the file, are usage errors',
  async (t) => {
    writeFileSync(join(folder, 'file'), '')
    t.equal(
      refused(join(folder, 'file/ledger.db')),
      `64 --state.path: the folder ${join(folder, 'file')} cannot be created: a part of the path is not a directory. ${advice}`,
    )
    mkdirSync(join(folder, 'ledger.db'))
    t.equal(
      refused(join(folder, 'ledger.db')),
      `64 --state.path: ${join(folder, 'ledger.db')} cannot be written: it is a directory. ${advice}`,
    )
  },
)

t.test('what is no file is no place for a ledger', async (t) => {
  t.equal(
    refused('/dev/null'),
    `64 --state.path: /dev/null cannot be written: it is not a regular file. ${advice}`,
  )
})

t.test('a relative path is one below the folder we are in', async (t) => {
  t.equal(refused('package.json'), 'fine')
  t.match(
    refused('package.json/ledger.db'),
    `the folder ${join(process.cwd(), 'package.json')} cannot be created`,
  )
})
