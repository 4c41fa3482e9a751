import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import t from 'tap'
import ts from 'typescript'

/* The import table of the design, and what else keeps the code readable. */

/**
 * Folder → what it may import besides itself. A folder of src stands for everything in it. `errors` may be
 * imported by all but domain and simulator; what has no entry here is a place where parts are put together.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  ports: ['domain'],
  access: ['domain', 'ports'],
  exporter: ['domain', 'ports', 'access'],
  provision: ['domain', 'ports', 'access'],
  metrics: ['domain', 'ports', 'access', 'exporter'],
  http: ['domain', 'ports', 'access', 'exporter', 'metrics'],
  cloudflare: ['domain', 'ports'],
  objectstore: ['domain', 'ports'],
  elastic: ['domain', 'ports'],
  runtime: ['domain', 'ports'],
  store: ['domain', 'ports'],
  simulator: [],
  log: ['domain', 'ports'],
  settings: ['domain', 'ports'],
  cli: ['domain', 'ports', 'settings'],
  commands: [
    'domain',
    'ports',
    'access',
    'exporter',
    'provision',
    'metrics',
    'http',
    'cloudflare',
    'objectstore',
    'elastic',
    'runtime',
    'store',
    'simulator',
    'log',
    'settings',
    'cli',
    'version.ts',
  ],
}

/**
 * Subfolder → its neighbours that it may import; `.` is the files beside the subfolders. In domain,
 * cloudflare and provision they are the ground, elsewhere they put the subfolders together.
 */
const mayImportInside: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  domain: {
    '.': [],
    destination: ['.'],
    arrival: ['.', 'destination'],
    job: ['.', 'destination'],
    ledger: ['.', 'job'],
    notification: ['.', 'job'],
  },
  exporter: {
    state: [],
    health: ['state'],
    inventory: ['state'],
    notifications: ['state'],
    audit: ['state'],
    arrival: ['state'],
    view: ['state'],
    '.': ['state', 'health', 'inventory', 'notifications', 'audit', 'arrival', 'view'],
  },
  provision: {
    resource: [],
    manifest: ['resource'],
    plan: ['resource', 'manifest'],
    ownership: ['resource', 'manifest', 'plan'],
    apply: ['resource', 'plan', 'ownership'],
    transfer: ['resource', 'manifest', 'plan', 'apply'],
    report: ['resource', 'plan', 'apply'],
  },
  http: { access: [], pages: [], '.': ['access', 'pages'] },
  cloudflare: { '.': [], rest: ['.'], health: ['.'] },
  simulator: {
    world: [],
    store: ['world'],
    api: ['world'],
    variant: ['world', 'api'],
    rest: ['world', 'store', 'api'],
    graphql: ['world', 'api', 'rest'],
    '.': ['world', 'store', 'api', 'variant', 'rest', 'graphql'],
  },
  commands: {
    '.': [],
    serve: ['.'],
    check: ['.'],
    provision: ['.'],
    demo: ['.', 'serve'],
    program: ['.', 'serve', 'check', 'provision', 'demo'],
  },
}

/** Package → the only folders that may import it. */
const packageOwners: Readonly<Record<string, readonly string[]>> = {
  'prom-client': ['metrics'],
  cloudflare: ['cloudflare'],
  'graphql-request': ['cloudflare'],
  graphql: ['simulator', 'cloudflare'],
  fastify: ['http', 'simulator', 'commands'],
  pino: ['log'],
  '@photostructure/sqlite': ['store'],
  pg: ['store'],
  marked: ['http'],
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
  /** First folder of the path; the file itself at the root of src. */
  readonly folder: string
  /** Second folder of the path; `.` for files right in the first. */
  readonly inside: string
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
      folder: roomOf(path)[0],
      inside: roomOf(path)[1],
      text,
      imports: info.importedFiles.map(({ fileName }) => fileName),
    }
  })

function roomOf(path: string): readonly [folder: string, inside: string] {
  const [folder = '', ...rest] = path.split('/')
  return [folder, rest.length > 1 ? (rest[0] ?? '.') : '.']
}

function target(module: Module, specifier: string): string {
  return relative('src', join('src', dirname(module.path), specifier))
}

t.test('the sources are there', async (t) => {
  t.ok(modules.length > 50)
})

t.test('at the root of src stand only the process boundary, the errors and the version', async (t) => {
  t.same(
    modules.map(({ path }) => path).filter((path) => !path.includes('/')),
    ['errors.ts', 'main.ts', 'version.ts'],
  )
})

t.test('every folder has its place', async (t) => {
  const folders = new Set(modules.filter(({ path }) => path.includes('/')).map(({ folder }) => folder))
  t.same([...folders].sort(), Object.keys(mayImport).sort())
  for (const [folder, inside] of Object.entries(mayImportInside)) {
    const rooms = new Set(modules.filter((module) => module.folder === folder).map((module) => module.inside))
    t.same([...rooms].sort(), Object.keys(inside).sort(), folder)
  }
  const divided = modules.filter(({ folder, inside }) => inside !== '.' && !(folder in mayImportInside))
  t.same(divided, [], 'folders with subfolders are in the table of subfolders')
})

t.test('imports go one way', async (t) => {
  const wrong: string[] = []
  for (const module of modules) {
    const allowed = mayImport[module.folder]
    if (allowed === undefined) continue
    for (const specifier of module.imports.filter((name) => name.startsWith('.'))) {
      const imported = target(module, specifier)
      const [folder, inside] = roomOf(imported)
      const fine =
        folder === module.folder
          ? isAllowedInside(module, inside)
          : allowed.includes(folder) ||
            (folder === 'errors.ts' && !['domain', 'simulator'].includes(module.folder))
      if (!fine) wrong.push(`${module.path} imports ${imported}`)
    }
  }
  t.same(wrong, [])
})

function isAllowedInside(module: Module, inside: string): boolean {
  const table = mayImportInside[module.folder]
  return inside === module.inside || table === undefined || (table[module.inside] ?? []).includes(inside)
}

t.test('no table allows a circle of folders', async (t) => {
  for (const [name, table] of [['src', mayImport], ...Object.entries(mayImportInside)] as const) {
    const left = new Map(Object.entries(table))
    for (let before = -1; before !== left.size; ) {
      before = left.size
      for (const [folder, allowed] of left) {
        if (!allowed.some((other) => left.has(other))) left.delete(folder)
      }
    }
    t.same([...left.keys()], [], name)
  }
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
