import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transformSync } from 'esbuild'
import ts from 'typescript'
import { sourceOf } from './type-check.ts'

/** The TypeScript files of the project that tests may load, by their paths from its root, with `/`. */
export interface Sources {
  readonly texts: ReadonlyMap<string, string>
  /** What each imports of the others. */
  readonly imports: ReadonlyMap<string, readonly string[]>
}

export function readSources(folders: readonly string[]): Sources {
  const texts = new Map<string, string>()
  for (const folder of folders) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, name)
      if (path.endsWith('.ts') && !path.endsWith('.d.ts')) texts.set(path, sourceOf(path))
    }
  }
  const imports = new Map(
    [...texts].map(([path, text]) => {
      const named = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName)
      const paths = named.filter((name) => name.startsWith('.')).map((name) => join(path, '..', name))
      return [path, paths.filter((imported) => texts.has(imported))] as const
    }),
  )
  return { texts, imports }
}

/** Every file that `from` loads → over how many imports (0 for itself). */
export function distances(from: string, imports: Sources['imports']): ReadonlyMap<string, number> {
  const found = new Map([[from, 0]])
  for (const [path, distance] of found) {
    for (const next of imports.get(path) ?? []) if (!found.has(next)) found.set(next, distance + 1)
  }
  return found
}

export function digest(...parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest('hex').slice(0, 32)
}

/** The file that holds a source as JavaScript, kept under `folder` by its content. */
export function compiled(folder: string, path: string, text: string): string {
  const file = resolve(folder, `${digest(path, text)}.mjs`)
  if (!existsSync(file)) {
    const { code } = transformSync(text, {
      loader: 'ts',
      format: 'esm',
      target: 'node20',
      sourcefile: path,
      sourcemap: false,
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    })
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${file}.${process.pid}`, code)
    renameSync(`${file}.${process.pid}`, file)
  }
  return file
}

/** The module's address, as the loader is asked for it. */
export function addressOf(path: string): string {
  return pathToFileURL(resolve(path)).href
}
