import type { Problem } from '../resource/problem.ts'
import { sampleVariables } from './job-variables.ts'
import type { Manifest, ManifestPart } from './part.ts'
import { createReport } from './report.ts'
import { resolveDestination } from './resolve-destination.ts'
import type { JobValue } from './schema.ts'
import { type RuledJob, teamRules, violationsOf } from './team-rules.ts'
import type { Path } from './tree.ts'

/** Jobs that break the team's rules as far as their texts show: what references stand for is checked by plan. */
export function checkRules(manifest: Manifest): readonly Problem[] {
  const rules = teamRules(manifest)
  if (rules.length === 0) return []
  return manifest.parts.flatMap((part) => {
    const report = createReport(part.source)
    for (const [index, job] of (part.value.jobs ?? []).entries()) {
      const path: Path = ['jobs', index]
      for (const one of rules) {
        for (const { path: below, message } of violationsOf(ruledJob(part, job, path), one))
          report.error([...path, ...below], message)
      }
    }
    return report.problems
  })
}

function ruledJob(
  { source }: ManifestPart,
  { dataset, destination, output }: JobValue,
  path: Path,
): RuledJob {
  // What is wrong with the destination itself has been said already.
  const resolver = { report: createReport(source), readers: null, variables: sampleVariables }
  const conf = resolveDestination(resolver, destination, [...path, 'destination'])
  const isKnown = conf !== null && !/\$\{|%7B/i.test(conf.reveal().split('?', 1)[0] ?? '')
  return {
    dataset,
    destinationConf: isKnown ? conf : null,
    fieldNames: output?.fields ?? null,
    sampleRate: output?.sample_rate ?? 1,
  }
}
