import type { CommandIo } from '../../cli/command-io.ts'
import { exitCode, UserError } from '../../errors.ts'
import { resolveManifest } from '../../provision/manifest/resolve-manifest.ts'
import type { LocateDeps } from '../../provision/plan/find-accounts.ts'
import { locate } from '../../provision/plan/locate.ts'
import { type Checked, problemText } from '../../provision/resource/problem.ts'
import type { Coverage } from '../../provision/resource/resource.ts'
import {
  parseManifest,
  processReferences,
  type ReferenceSettings,
  readManifestTexts,
} from '../manifest-files.ts'

/**
 * How far the datasets that a manifest declares with `zones` reach. Only references that name accounts and zones are
 * read. @throws UserError when something is wrong with the manifest; ApiFailure
 */
export async function readCoverage(
  file: string,
  deps: LocateDeps,
  settings: ReferenceSettings,
  io: Pick<CommandIo, 'env' | 'readFile'>,
): Promise<readonly Coverage[]> {
  const manifest = orUserError(parseManifest(readManifestTexts([file], io)))
  const resolved = orUserError(resolveManifest(manifest, processReferences(io, settings), 'unread'))
  return orUserError(await locate(resolved, deps)).coverage ?? []
}

function orUserError<T>(read: Checked<T>): T {
  if (read.ok) return read.value
  throw new UserError(`--manifest.file: ${read.problems.map(problemText).join('\n')}`, exitCode.manifest)
}
