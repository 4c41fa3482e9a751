import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import t from 'tap'
import ts from 'typescript'

/* The import table of the design, and what else keeps the code readable. */

/** Folder → folders below it that it may import. `errors` may be imported by all but domain. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  ports: ['domain'],
  exporter: ['domain', 'ports'],
  provision: ['domain', 'ports'],
  metrics: ['domain', 'exporter'],
  http: ['domain', 'exporter', 'metrics', 'ports'],
  cloudflare: ['domain', 'ports'],
  objectstore: ['domain', 'ports'],
  runtime: ['domain', 'ports'],
  simulator: [],
}

/** Package → the only folders that may import it (`''` is src itself). */
const packageOwners: Readonly<Record<string, readonly string[]>> = {
  'prom-client': ['metrics'],
  cloudflare: ['cloudflare'],
  'graphql-request': ['cloudflare'],
  graphql: ['simulator', 'cloudflare'],
  fastify: ['http', 'simulator', 'commands'],
  pino: [''],
  lmdb: ['runtime'],
}

/** Calls that reach past what is passed in → where they may stand. */
const globals: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\bDate\.now\(\)|\bnew Date\(\)/, ['runtime', 'simulator']],
  [/\bMath\.random\b/, ['runtime', 'simulator', 'commands']],
  [/\b(setTimeout|setInterval|setImmediate)\(/, ['runtime', 'simulator', 'main.ts']],
  [/\bprocess\.(env|argv|stdout|stderr|on|exit|kill)\b/, ['runtime', 'main.ts']],
]

const maxLines = 250

interface Module {
  readonly path: string
  readonly folder: string
  readonly text: string
  readonly imports: readonly string[]
}

const modules: readonly Module[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(join('src', path), 'utf8')
    const info = ts.preProcessFile(text, true, true)
    return {
      path,
      folder: path.includes('/') ? (path.split('/')[0] ?? '') : '',
      text,
      imports: info.importedFiles.map(({ fileName }) => fileName),
    }
  })

function target(module: Module, specifier: string): string {
  return relative('src', join('src', dirname(module.path), specifier))
}

t.test('the sources are there', async (t) => {
  t.ok(modules.length > 50)
})

t.test('imports go one way', async (t) => {
  const wrong: string[] = []
  for (const module of modules) {
    const allowed = mayImport[module.folder]
    if (allowed === undefined) continue
    for (const specifier of module.imports.filter((name) => name.startsWith('.'))) {
      const imported = target(module, specifier)
      const folder = imported.includes('/') ? imported.split('/')[0] : imported
      const fine =
        folder === module.folder ||
        allowed.includes(folder ?? '') ||
        (folder === 'errors.ts' && !['domain', 'simulator'].includes(module.folder))
      if (!fine) wrong.push(`${module.path} imports ${imported}`)
    }
  }
  t.same(wrong, [])
})

t.test('domain imports no package, and packages have their owners', async (t) => {
  const wrong: string[] = []
  for (const module of modules) {
    for (const name of module.imports.filter((specifier) => !specifier.startsWith('.'))) {
      if (module.folder === 'domain' || module.folder === 'ports')
        wrong.push(`${module.path} imports ${name}`)
      const root = name.startsWith('@') ? name.split('/').slice(0, 2).join('/') : (name.split('/')[0] ?? '')
      const owners = packageOwners[root]
      if (owners !== undefined && !owners.includes(module.folder))
        wrong.push(`${module.path} imports ${name}`)
    }
  }
  t.same(wrong, [])
})

t.test('no module imports itself over others', async (t) => {
  const edges = new Map(
    modules.map((module) => [
      module.path,
      module.imports.filter((name) => name.startsWith('.')).map((name) => target(module, name)),
    ]),
  )
  const cycles: string[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
      return
    }
    if (done.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const module of modules) visit(module.path, [])
  t.same(cycles, [])
})

t.test('clock, chance, timers and the process are passed in', async (t) => {
  const wrong: string[] = []
  for (const module of modules) {
    const code = module.text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '')
    for (const [pattern, places] of globals) {
      if (pattern.test(code) && !places.includes(module.folder) && !places.includes(module.path)) {
        wrong.push(`${module.path} uses ${pattern.exec(code)?.[0]}`)
      }
    }
  }
  t.same(wrong, [])
})

t.test(`no file is longer than ${maxLines} lines, and names are kebab-case and say something`, async (t) => {
  const wrong = modules.flatMap(({ path, text }) => {
    const problems: string[] = []
    if (text.split('\n').length > maxLines) problems.push(`${path} has ${text.split('\n').length} lines`)
    if (!/^[a-z0-9/-]+\.ts$/.test(path)) problems.push(`${path} is not kebab-case`)
    if (/(^|\/)(utils?|helpers?|types|manager|common|service|index)\.ts$/.test(path))
      problems.push(`${path} names nothing`)
    return problems
  })
  t.same(wrong, [])
})

t.test('no ignored error, nothing left for somebody', async (t) => {
  const wrong = modules.flatMap(({ path, text }) =>
    [/\bTODO\b|\bFIXME\b|\bXXX\b/, /@ts-(ignore|nocheck|expect-error)/].flatMap((pattern) =>
      pattern.test(text) ? [`${path}: ${pattern.exec(text)?.[0]}`] : [],
    ),
  )
  t.same(wrong, [])
})
