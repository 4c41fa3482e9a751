import { destinationFields, parseDestination } from '../../domain/destination/destination.ts'
import { isDestinationKind, kindSpec } from '../../domain/destination/kinds.ts'
import { redactConf } from '../../domain/destination/redaction.ts'
import { Secret } from '../../domain/secret.ts'
import { hasReference, parseReferences, refEnv, refFile, variablesIn } from '../resource/reference.ts'
import { isTellingAddress, isTellingName } from './literal-secret.ts'
import { isSecretPath, type Report } from './report.ts'
import { type Path, pathText, textsBelow } from './tree.ts'

/** Checks every reference of a file, and that secrets are references. */
export function checkReferences(report: Report): void {
  for (const [path, text] of textsBelow(report.source.root)) checkText(report, text, path)
}

function checkText(report: Report, text: string, path: Path): void {
  // Defaults are checked where they are used, with the job's own fields beside them.
  if (path[0] === 'defaults') return
  if (isJobName(path)) {
    const parsed = parseReferences(text)
    if ('mistake' in parsed) report.error(path, parsed.mistake)
    else if (hasReference(text))
      report.error(path, 'references are not supported here; write the value itself')
  } else if (isReferable(path)) {
    const parsed = parseReferences(text)
    if ('mistake' in parsed) report.error(path, isSecretPath(path) ? bare(parsed.mistake) : parsed.mistake)
    // An empty text is no secret, and has been reported.
    else if (text === '' && isSecretPath(path)) return
    else if (!hasReference(text)) {
      const what = mustRefer(path, text) ? 'plain text' : holdsSecret(path, text) ? 'a secret' : null
      if (what !== null) {
        report.error(path, `expected a reference such as ${refEnv} or ${refFile}, found ${what}`)
      }
    } else if (isWholeDestination(path)) {
      for (const name of literalSecrets(text)) {
        report.error(path, `${name}: expected a reference such as ${refEnv} or ${refFile}, found plain text`)
      }
    }
    const variable = path.includes('destination') ? undefined : variablesIn(text)[0]
    if (variable !== undefined) {
      report.error(path, `\${${variable}} is only replaced in the names and destinations of jobs`)
    }
  } else if (hasReference(text) && !isBelowUnknown(report, path)) {
    report.error(path, 'references are not supported here; write the value itself')
  }
}

/** Below a misspelt key nothing is where it is meant to be: advice about it would mislead. */
function isBelowUnknown({ broken }: Report, path: Path): boolean {
  return path.some((_, index) => broken.has(pathText(path.slice(0, index + 1))))
}

/** An error without what was found, which may hold a secret. */
function bare(mistake: string): string {
  return mistake.replace(/, found .*?(; did you mean "\w+"\?)?$/s, ', found something else$1')
}

/** A name is filled in by the job, never from outside: it says which live object is meant. */
function isJobName(path: Path): boolean {
  return path.length === 3 && path[0] === 'jobs' && path[2] === 'name'
}

function isReferable(path: Path): boolean {
  const last = path.at(-1)
  if (path.includes('destination') || (path.includes('ownership') && last === 'token')) return true
  if (path[0] === 'account' || last === 'zone' || path[2] === 'zones') return true
  if (path[0] !== 'notifications') return false
  return path[1] === 'webhooks'
    ? last === 'url' || last === 'secret'
    : path[3] === 'email' || path[3] === 'pagerduty' || path[3] === 'filters'
}

function isWholeDestination(path: Path): boolean {
  return path.at(-1) === 'url' && path.at(-2) === 'destination'
}

/** Fields of a whole destination that are secret and stand there as plain text. */
function literalSecrets(text: string): readonly string[] {
  const destination = parseDestination(text)
  if (destination.kind === 'url') return []
  const { fields } = kindSpec(destination.kind)
  return [...destinationFields(destination)].flatMap(([name, value]) => {
    const type = fields[name]?.type
    const isSecret = type === 'secret' || type === 'query'
    return isSecret && value instanceof Secret && !hasReference(value.reveal()) ? [name] : []
  })
}

/** Whether a text that may stand literally has a secret in it, such as the address of a chat service. */
function holdsSecret(path: Path, text: string): boolean {
  if (path[0] === 'notifications') return path.at(-1) === 'url' && isTellingAddress(text)
  const destination = path.indexOf('destination')
  const [kind, field] = destination < 0 ? [] : path.slice(destination + 1)
  if (typeof kind !== 'string' || typeof field !== 'string' || !isDestinationKind(kind)) return false
  return kindSpec(kind).fields[field]?.shape === 'url' && isTellingAddress(text)
}

function mustRefer(path: Path, text: string): boolean {
  const last = path.at(-1)
  if (path.includes('ownership')) return true
  if (path[0] === 'notifications') return last === 'secret'
  const destination = path.indexOf('destination')
  const [kind, field, name] = destination < 0 ? [] : path.slice(destination + 1)
  // Blanks are reported for themselves.
  const conf = text.replace(/\s/g, '')
  if (kind === 'url') return redactConf(conf).redacted !== conf
  if (typeof kind !== 'string' || typeof field !== 'string' || !isDestinationKind(kind)) return false
  const type = kindSpec(kind).fields[field]?.type
  if (type === 'headers' || type === 'params') return isTellingName(String(name))
  return type === 'secret' || type === 'query'
}
