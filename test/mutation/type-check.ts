import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import ts from 'typescript'

/** Left out of sight: unused names and code that is not reached, which a mutant may well leave behind. */
const harmless = new Set([6133, 6192, 6196, 6198, 6199, 7027])

/** Answers whether `path` would type-check if it held `text`; everything else stays as it is on disk. */
export function typeChecker(configFile: string): (path: string, text: string) => boolean {
  const { config } = ts.readConfigFile(configFile, ts.sys.readFile)
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    { ...config, include: ['src'] },
    ts.sys,
    dirname(resolve(configFile)),
  )
  let changed = { path: '', text: '', version: 0 }
  const texts = new Map<string, string | undefined>()
  const read = (path: string): string | undefined => {
    if (!texts.has(path)) texts.set(path, ts.sys.readFile(path))
    return texts.get(path)
  }
  const service = ts.createLanguageService(
    {
      getCompilationSettings: () => ({ ...options, incremental: false, tsBuildInfoFile: '' }),
      getScriptFileNames: () => fileNames,
      getScriptVersion: (path) => (path === changed.path ? String(changed.version) : '0'),
      getScriptSnapshot: (path) => {
        const text = path === changed.path ? changed.text : read(path)
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
      },
      getCurrentDirectory: () => dirname(resolve(configFile)),
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: ts.sys.fileExists,
      readFile: read,
      readDirectory: ts.sys.readDirectory,
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
    },
    ts.createDocumentRegistry(),
  )
  return (path, text) => {
    const file = resolve(path)
    changed = { path: file, text, version: changed.version + 1 }
    if (service.getSyntacticDiagnostics(file).length > 0) return false
    return service.getSemanticDiagnostics(file).every(({ code }) => harmless.has(code))
  }
}

/** The source as it is on disk. */
export function sourceOf(path: string): string {
  return readFileSync(path, 'utf8')
}
