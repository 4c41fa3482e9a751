import { type ParseYaml, readManifest } from '../manifest/manifest.ts'
import { resolveManifest } from '../manifest/resolve-manifest.ts'
import type { ReferenceReaders } from '../manifest/resolve-text.ts'
import { jobDiff } from '../plan/compare-job.ts'
import type { JobResource } from '../resource/resource.ts'
import { yamlText } from './manifest-writer.ts'
import type { Placeholders } from './placeholders.ts'
import type { Mapping } from './portable-job.ts'

/*
 * Reads jobs back as they would be written, and compares them with what they were made of: what a manifest cannot
 * say of a job is found out here, and not by a plan that is never empty.
 */

export interface WrittenJob {
  readonly value: Mapping
  readonly resource: JobResource
}

export interface ReadBackDeps {
  /** Knows what each variable stands for. */
  readonly names: Placeholders
  readonly parseYaml: ParseYaml
}

/** For each job what is wrong with it: errors in the manifest, or fields that come out different. */
export function errorsOf(jobs: readonly WrittenJob[], deps: ReadBackDeps): readonly (readonly string[])[] {
  const together = readBack(jobs, deps)
  if (together.ok) return together.mistakes
  // Together they cannot be read, so each is tried by itself.
  return jobs.map((job) => {
    const alone = readBack([job], deps)
    return alone.ok ? alone.mistakes.flat() : alone.problems
  })
}

function readBack(
  jobs: readonly WrittenJob[],
  { names, parseYaml }: ReadBackDeps,
):
  | { readonly ok: true; readonly mistakes: readonly (readonly string[])[] }
  | { readonly ok: false; readonly problems: readonly string[] } {
  const text = yamlText({
    version: 1,
    account: { id: '0'.repeat(32) },
    jobs: jobs.map(({ value }) => value),
  })
  const read = readManifest([{ file: 'jobs', text }], parseYaml)
  if (!read.ok) return { ok: false, problems: read.problems.map(({ message }) => withoutPath(message)) }
  const values = new Map(names.variables.map(({ name, value }) => [name, value]))
  const readers: ReferenceReaders = {
    env: (name) => values.get(name)?.reveal(),
    readFile: () => ({ ok: false, reason: 'no file' }),
  }
  const resolved = resolveManifest(read.value, readers)
  if (!resolved.ok)
    return { ok: false, problems: resolved.problems.map(({ message }) => withoutPath(message)) }
  const { drafts } = resolved.value
  return {
    ok: true,
    mistakes: jobs.map(({ resource }, index) => {
      const draft = drafts[index]
      const built = draft?.in === 'place' ? draft.build(resource.scope) : null
      if (!built?.ok) return ['it could not be read back']
      return jobDiff(built.value.resource, resource).map(({ path }) => `manifests do not support ${path}`)
    }),
  }
}

function withoutPath(message: string): string {
  return message.replace(/^jobs\[0\]\.?/, '')
}
