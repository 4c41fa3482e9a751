import { readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { CommandIo } from '../cli/command-io.ts'
import { exitCode, fileReason, UserError } from '../errors.ts'
import { type ManifestText, readManifest } from '../provision/manifest/manifest.ts'
import type { Manifest } from '../provision/manifest/part.ts'
import type { ReferenceReaders } from '../provision/manifest/resolve-text.ts'
import type { Checked } from '../provision/resource/problem.ts'
import { readConfinedFile } from '../runtime/secret-file.ts'
import type { Settings } from '../settings/exporter-settings.ts'
import { readYaml } from '../settings/yaml-text.ts'

/** The texts of a manifest; of a folder, its YAML files by name. @throws UserError when one cannot be read. */
export function readManifestTexts(
  paths: readonly string[],
  io: Pick<CommandIo, 'readFile'>,
): readonly ManifestText[] {
  if (paths.length === 0) throw new UserError('--file: missing; pass a manifest, such as -f manifest.yaml')
  return paths.flatMap(manifestFiles).map((file) => {
    const read = io.readFile(file)
    if (!read.ok) throw new UserError(`--file: cannot read ${file}: ${read.reason}`, exitCode.manifest)
    return { file, text: read.text }
  })
}

function manifestFiles(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path]
    const names = readdirSync(path).filter((name) => /\.ya?ml$/.test(name))
    if (names.length > 0) return names.sort().map((name) => join(path, name))
  } catch (error) {
    throw new UserError(`--file: cannot read ${path}: ${fileReason(error)}`, exitCode.manifest)
  }
  throw new UserError(`--file: the folder ${path} contains no *.yaml or *.yml file`, exitCode.manifest)
}

export function parseManifest(texts: readonly ManifestText[]): Checked<Manifest> {
  return readManifest(texts, readYaml)
}

/** What settings say of the files that a manifest may refer to. */
export type ReferenceSettings = Pick<Settings, 'referencesAllow' | 'apiTokenFile' | 'configFile'> &
  Partial<Pick<Settings, 'webConfigFile'>>

/** References read from this process's environment, and from files below the manifest's folder or one that is allowed. */
export function processReferences(
  io: Pick<CommandIo, 'env'>,
  { referencesAllow, apiTokenFile, configFile, webConfigFile = null }: ReferenceSettings,
): ReferenceReaders {
  const own = [apiTokenFile, configFile, webConfigFile].filter((path) => path !== null)
  return {
    env: (name) => io.env[name],
    readFile(path, from) {
      const folder = resolve(dirname(from))
      const folders = [folder, ...referencesAllow.map((allowed) => resolve(allowed))]
      return readConfinedFile(resolve(folder, path), { folders, own })
    },
  }
}
