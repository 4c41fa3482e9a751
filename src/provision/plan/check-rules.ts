import type { Manifest } from '../manifest/part.ts'
import { teamRules, violationsOf } from '../manifest/team-rules.ts'
import { type Problem, problemOf } from '../resource/problem.ts'
import type { DesiredState } from '../resource/resource.ts'

/** Jobs that break the team's rules as they are, references and variables resolved. */
export function checkRules(manifest: Manifest, { resources }: DesiredState): readonly Problem[] {
  return teamRules(manifest).flatMap((rules) =>
    resources.flatMap((one) => {
      if (one.kind !== 'job') return []
      const { dataset, destinationConf, output } = one.resource
      const job = {
        dataset,
        destinationConf,
        fieldNames: output.fieldNames,
        sampleRate: Number(output.options.sample_rate),
      }
      return violationsOf(job, rules).map(({ message }) => problemOf(one, message))
    }),
  )
}
