import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { buildSync } from 'esbuild'
import { ledgerPath } from './ledger-store.ts'

type Ends = { teardown(end: () => void): unknown }

/** In which state the processes find the ledger. */
export const found = ['whole', 'absent', 'damaged'] as const

/** Opens the store at each moment it is told, and says how that went. */
const memberProgram = `
  import { createInterface } from 'node:readline'
  import { openSqliteStore } from './src/store/sqlite-store.ts'
  import { storeDeps } from './test/support/ledger-store.ts'
  const [path = ''] = process.argv.slice(2)
  let store = null
  console.log('ready')
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'close') {
      await store?.close()
      store = null
      console.log('closed')
      continue
    }
    while (Date.now() < Number(line)) {}
    try {
      store = await openSqliteStore(storeDeps(path, { random: Math.random }))
      await store.put('a', process.pid)
      console.log(store.health().trouble ?? 'got it')
    } catch (error) {
      console.log(/in use/.test(error.message) ? 'refused' : error.stack)
    }
  }
`

/**
 * Lets processes open one ledger at the same moment, round after round, with the states in turn; answers how many got
 * it in each round. Throws when one of them says anything but that it got it or was refused.
 */
export async function contend(
  t: Ends,
  options: { readonly rounds: number; readonly processes: number },
): Promise<readonly number[]> {
  const path = ledgerPath(t)
  const program = programFile(t, memberProgram)
  const members = Array.from({ length: options.processes }, () => member(t, program, path))
  const all = (line: string): Promise<string[]> => {
    for (const { child } of members) child.stdin?.write(`${line}\n`)
    return Promise.all(members.map(({ says }) => says()))
  }
  await Promise.all(members.map(({ says }) => says()))
  const winners: number[] = []
  for (let round = 0; round < options.rounds; round += 1) {
    const state = found[round % found.length]
    if (state === 'absent') rmSync(path, { force: true })
    if (state === 'damaged') writeFileSync(path, 'damaged')
    const said = await all(String(Date.now() + 10))
    const odd = said.filter((line) => line !== 'got it' && line !== 'refused')
    if (odd.length > 0) throw new Error(`round ${round}, ${state}: ${odd.join('; ')}`)
    winners.push(said.filter((line) => line === 'got it').length)
    await all('close')
  }
  for (const { child } of members) child.stdin?.end()
  return winners
}

/** Compiled into one file where packages are found: many processes start at once, each without a loader. */
export function programFile(t: Ends, text: string): string {
  const folder = mkdtempSync(resolve('.cache/program-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'program.mjs')
  buildSync({
    stdin: { contents: text, resolveDir: resolve('.'), loader: 'js' },
    outfile: file,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
  })
  return file
}

/** A process that runs the program, and the lines that it prints, one after another. */
function member(
  t: Ends,
  program: string,
  path: string,
): { readonly child: ChildProcess; says(): Promise<string> } {
  const child = spawn(process.execPath, [program, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_V8_COVERAGE: '' },
  })
  t.teardown(() => child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    child,
    async says() {
      const { done, value } = await lines.next()
      return done === true ? 'ended' : value
    },
  }
}
