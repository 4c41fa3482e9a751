import type { RunCommand } from '../../cli/command-io.ts'
import type { CommandOf } from '../../cli/command-line.ts'
import { nearestName } from '../../domain/nearest-name.ts'
import { quoted } from '../../domain/positioned.ts'
import { exitCode } from '../../errors.ts'
import { usageError } from '../../settings/settings-parse.ts'
import type { Verb } from './verb.ts'

interface VerbEntry {
  /** One sentence, for the list of verbs. */
  readonly summary: string
  /** Loads the verb: each starts with no more than it needs. */
  readonly load: () => Promise<Verb>
}

/** The verbs, in the order in which the help lists them. */
const verbs: Readonly<Record<string, VerbEntry>> = {
  validate: {
    summary: 'Check a manifest; asks nobody and needs no secret.',
    load: async () => (await import('./validate.ts')).validate,
  },
  plan: {
    summary: 'Show what apply would do; writes nothing.',
    load: async () => (await import('./plan.ts')).plan,
  },
  apply: {
    summary: 'Make what is live as the manifest says, or carry out a saved plan.',
    load: async () => (await import('./apply.ts')).apply,
  },
  destroy: {
    summary: 'Delete what the manifest owns.',
    load: async () => (await import('./destroy.ts')).destroy,
  },
  ownership: {
    summary: 'Prove by hand that destinations are yours: request, confirm.',
    load: async () => (await import('./ownership.ts')).ownership,
  },
  pagerduty: {
    summary: 'Connect PagerDuty services for policies: list, connect.',
    load: async () => (await import('./pagerduty.ts')).pagerduty,
  },
  export: {
    summary: 'Write what is live as a manifest, or as Terraform.',
    load: async () => (await import('./export.ts')).exportVerb,
  },
  import: {
    summary: 'Make a manifest of what is live, of Terraform state, or of app-interface files.',
    load: async () => (await import('./import.ts')).importVerb,
  },
  schema: {
    summary: 'Print the JSON Schema of manifests, for editors.',
    load: async () => (await import('./schema.ts')).schema,
  },
}

const help = 'logpush-exporter provision --help'

/** `provision VERB …`: the verb is the first argument that is not a flag, or the first that is a verb. */
export const run: RunCommand<CommandOf<'provision'>> = async ({ argv }, io) => {
  const first = argv.findIndex((argument) => !argument.startsWith('-'))
  const isVerb = (name: string) => Object.hasOwn(verbs, name)
  const index = isVerb(argv[first] ?? '') ? first : argv.findIndex(isVerb)
  const verb = verbs[argv[index] ?? '']
  const name = argv[index] ?? argv[first]
  if (verb !== undefined) return (await verb.load()).run(argv.toSpliced(index, 1), io)
  if (name === undefined && (argv.includes('--help') || argv.includes('-h'))) {
    io.stdout(overview())
    return exitCode.done
  }
  const known = Object.keys(verbs)
  if (name === undefined) throw usageError([`provision: expected a verb: ${known.join(', ')}`], help)
  const near = nearestName(name, known)
  const hint = near === null ? `; verbs are ${known.join(', ')}` : `; did you mean ${quoted(near)}?`
  throw usageError([`${quoted(name)}: unknown verb of provision${hint}`], help)
}

function overview(): string {
  const width = Math.max(...Object.keys(verbs).map((name) => name.length))
  return [
    'Usage: logpush-exporter provision VERB [flags]',
    '',
    'Logpush jobs, ownership challenges and notification policies from one manifest.',
    '',
    'Verbs:',
    ...Object.entries(verbs).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Flags of a verb: logpush-exporter provision VERB --help',
  ].join('\n')
}
