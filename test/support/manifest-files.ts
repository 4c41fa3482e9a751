import { readdirSync, readFileSync } from 'node:fs'
import { type ManifestText, readManifest } from '../../src/provision/manifest/manifest.ts'
import type { Manifest } from '../../src/provision/manifest/part.ts'
import type { ReferenceReaders } from '../../src/provision/manifest/resolve-text.ts'
import { problemText } from '../../src/provision/resource/problem.ts'
import { readYaml } from '../../src/settings/yaml-text.ts'

const folder = new URL('../manifests/', import.meta.url)

/** Files of test/manifests whose names start with a word, with their texts. */
export function manifestFiles(prefix: string): readonly ManifestText[] {
  return readdirSync(folder)
    .filter((file) => file.startsWith(`${prefix}-`))
    .sort()
    .map(manifestFile)
}

export function manifestFile(file: string): ManifestText {
  return { file, text: readFileSync(new URL(file, folder), 'utf8') }
}

/** The manifest of some texts; what is wrong with it fails the test. */
export function manifestOf(...texts: readonly (ManifestText | string)[]): Manifest {
  const files = texts.map((text, index) =>
    typeof text === 'string' ? { file: `${index}.yaml`, text } : text,
  )
  const read = readManifest(files, readYaml)
  if (!read.ok) throw new Error(read.problems.map(problemText).join('\n'))
  return read.value
}

/** References to fixed texts; what is not there is not set. */
export function referencesTo(texts: Readonly<Record<string, string>>): ReferenceReaders {
  return {
    env: (name) => texts[name],
    readFile: (path) => {
      const text = texts[path]
      return text === undefined ? { ok: false, reason: 'no such file' } : { ok: true, text }
    },
  }
}
