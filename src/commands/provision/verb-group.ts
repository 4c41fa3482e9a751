import { nearestName } from '../../domain/nearest-name.ts'
import { quoted } from '../../domain/positioned.ts'
import { exitCode } from '../../errors.ts'
import { usageError } from '../../settings/settings-parse.ts'
import type { Verb } from './verb.ts'

export interface GroupedVerb {
  /** One sentence, for the list. */
  readonly summary: string
  readonly verb: Verb
}

/** A verb of two words, such as `ownership request`: the second one picks what is done. */
export function verbGroup(name: string, verbs: Readonly<Record<string, GroupedVerb>>): Verb {
  const command = `logpush-exporter provision ${name}`
  const known = Object.keys(verbs)
  return {
    async run(argv, io) {
      const index = argv.findIndex((argument) => !argument.startsWith('-'))
      const word = argv[index]
      const chosen = word !== undefined && Object.hasOwn(verbs, word) ? verbs[word] : undefined
      if (chosen !== undefined) return chosen.verb.run(argv.toSpliced(index, 1), io)
      if (word === undefined && (argv.includes('--help') || argv.includes('-h'))) {
        const width = Math.max(...known.map((one) => one.length))
        io.stdout(`Usage: ${command} ${known.join('|')} [flags]\n`)
        for (const [verb, { summary }] of Object.entries(verbs))
          io.stdout(`  ${verb.padEnd(width)}  ${summary}`)
        return exitCode.done
      }
      const list = known.join(' or ')
      const near = word === undefined ? null : nearestName(word, known)
      const problem =
        word === undefined
          ? `provision ${name}: expected ${list}`
          : `${quoted(word)}: unknown verb of provision ${name}; ${near === null ? `expected ${list}` : `did you mean ${quoted(near)}?`}`
      throw usageError([problem], `${command} --help`)
    },
  }
}
