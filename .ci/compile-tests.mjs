// Compiles the TypeScript of this repository into a folder, file by file, and resolves to how a compiled path is
// read back. Tests then run as plain modules: no process of theirs needs a loader, so none is handed on to their
// children, and a test file starts in a third of the time that a loader takes.
import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { SourceMap } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const folders = ['.build', 'src', 'test', 'dashboards/src']

/** All files below the folder whose names end so. */
export async function filesBelow(folder, ending) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

const compiledName = (path) => path.replace(/\.ts$/, '.js')

/** Each file stays a file: what it imports is left to Node, under its compiled name. */
const oneToOne = {
  name: 'one to one',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\..*\.ts$/ }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: compiledName(path), external: true },
    )
    // A module looks for what lies beside its source, not beside the compiled file.
    onLoad({ filter: /\.(ts|mjs)$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      const here = text.includes('import.meta.url')
        ? `const sourceUrl = ${JSON.stringify(pathToFileURL(path).href)};`
        : ''
      return { contents: here + text, loader: path.endsWith('.ts') ? 'ts' : 'js' }
    })
  },
}

export async function compileTests(out) {
  const sources = (
    await Promise.all(
      folders.filter((folder) => existsSync(folder)).map((folder) => filesBelow(folder, '.ts')),
    )
  ).flat()
  await build({
    entryPoints: sources,
    outdir: out,
    outbase: '.',
    bundle: true,
    treeShaking: false,
    packages: 'external',
    plugins: [oneToOne],
    define: { 'import.meta.url': 'sourceUrl' },
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  })
  const place = resolve(out)
  const anywhere = new RegExp(
    `(?:file://)?${RegExp.escape?.(place) ?? place.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}/([^\\s:)]+)\\.js(?::(\\d+):(\\d+))?`,
    'g',
  )
  const maps = new Map()
  const mapOf = (name) => {
    if (!maps.has(name))
      maps.set(name, new SourceMap(JSON.parse(readFileSync(join(place, `${name}.js.map`), 'utf8'))))
    return maps.get(name)
  }
  return {
    compiled: (path) => join(out, compiledName(path)),
    /** A text, mostly a stack, with the places of the sources in the stead of the compiled ones. */
    readable: (text) =>
      text.replace(anywhere, (_all, name, line, column) => {
        if (line === undefined) return `${name}.ts`
        const { originalLine, originalColumn } = mapOf(name).findEntry(Number(line) - 1, Number(column) - 1)
        return originalLine === undefined
          ? `${name}.ts`
          : `${name}.ts:${originalLine + 1}:${originalColumn + 1}`
      }),
  }
}
