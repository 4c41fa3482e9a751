import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import t from 'tap'

/*
 * What the bundle in dist/ looks for outside itself, and what package.json promises to install.
 */

const own = JSON.parse(readFileSync('package.json', 'utf8'))

/**
 * Packages that a bundled one tries and does without, each by a try around the call: no part of this program, and
 * never to be installed for it.
 */
const tried: ReadonlyMap<string, string> = new Map([
  ['pg-native', 'pg: a client in C, which a caller has to ask for'],
  ['encoding', 'node-fetch: character sets other than UTF-8, which no API here sends'],
])

/** `@scope/name/file` → `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** Packages that the built files import, by statement or by call, as a parser reads them. */
async function imported(): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: ['dist/main.js'],
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    outdir: 'nowhere',
    write: false,
    metafile: true,
  })
  return Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external === true).map(({ path }) => path),
  )
}

const scripts = readdirSync('dist', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.js'))
  .map((name) => readFileSync(join('dist', name), 'utf8'))

/** Packages that bundled CommonJS asks for, by the name that esbuild gives to require. */
const required = scripts.flatMap((text) =>
  [...text.matchAll(/\b__require\w*\("([^"]+)"\)/g)].map((match) => match[1] ?? ''),
)

t.test('dependencies holds just what the bundle leaves outside', async (t) => {
  const found = [...(await imported()), ...required]
  t.ok(found.includes('node:fs'), 'imports are found')
  t.ok(required.includes('crypto'), 'and calls of require')
  const outside = new Set(
    found.filter((name) => !name.startsWith('node:') && !isBuiltin(name)).map(packageOf),
  )
  for (const name of tried.keys()) t.ok(outside.delete(name), `${name} is still tried`)
  t.strictSame([...outside].sort(), Object.keys(own.dependencies).sort())
  t.strictSame(own.optionalDependencies, undefined)
  t.strictSame(own.peerDependencies, undefined)
})

t.test('what a bundled package may do without is asked for inside a try', async (t) => {
  for (const name of tried.keys()) {
    const calls = scripts.flatMap((text) => [
      ...text.matchAll(new RegExp(`.{40}__require\\w*\\("${name}"\\)`, 'g')),
    ])
    t.ok(calls.length > 0, name)
    for (const [call] of calls) t.match(call, /try\{[^{}]*$/, call)
  }
})

t.test('the client of PostgreSQL is one part of the bundle, loaded only when it is asked for', async (t) => {
  const files = readdirSync('dist', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  )
  const texts = new Map(files.map((name) => [name, readFileSync(join('dist', name), 'utf8')]))
  const holders = files.filter((name) => texts.get(name)?.includes('"pg-native"'))
  t.equal(holders.length, 1)
  const file = (holders[0] ?? '').split('/').at(-1) ?? ''
  const all = [...texts.values()].join('\n')
  t.ok(all.includes(`import("./chunks/${file}")`) || all.includes(`import("./${file}")`), 'by a call')
  t.notOk(all.includes(`from"./chunks/${file}"`) || all.includes(`from"./${file}"`), 'and by no statement')
})

t.test('serve loads no schema compiler and no GraphQL engine, and 1.5 MB at most', async (t) => {
  const loaded = new Map<string, string>()
  const load = (name: string): void => {
    if (loaded.has(name)) return
    const text = readFileSync(join('dist/chunks', name), 'utf8')
    loaded.set(name, text)
    for (const [, next] of text.matchAll(/(?:from|import)"\.\/([^"]+\.js)"/g)) load(next ?? '')
  }
  load(readdirSync('dist/chunks').find((name) => /^run-exporter-.*\.js$/.test(name)) ?? '')
  const all = [...loaded.values()].join('\n')
  t.ok(all.includes('node_modules/fastify/fastify.js'), 'what is loaded is found')
  t.notOk(all.includes('node_modules/ajv/'))
  t.notOk(all.includes('class GraphQLScalarType'))
  t.ok(all.length < 1_500_000, `${all.length} characters`)
})

t.test('no package is listed twice', async (t) => {
  const both = Object.keys(own.dependencies).filter((name) => name in own.devDependencies)
  t.strictSame(both, [])
})
