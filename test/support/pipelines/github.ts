import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { at, entriesAt, listAt, textAt } from '../tree.ts'
import type { Machine, Site } from './machine.ts'

/*
 * Carries out a job of a GitHub workflow as its runner does: conditions, expressions, environments of workflow, job
 * and step, bash with the runner's options, and the actions that move files.
 */

/** The contexts of expressions, such as `github`, `secrets`, `inputs` and `needs`. */
export type Contexts = Readonly<Record<string, unknown>>

export interface JobRun {
  readonly result: 'success' | 'failure' | 'skipped'
  /** The log, then what stands in the summary. */
  readonly log: string
  readonly summary: string
  readonly outputs: Readonly<Record<string, string>>
}

/** One expression without its braces. What is missing in a context is an empty text, as at GitHub. */
export function evaluate(expression: string, contexts: Contexts): string {
  const terms = expression.split('&&').map((term) => term.trim())
  if (terms.length > 1) return String(terms.every((term) => evaluate(term, contexts) === 'true'))
  const [term = ''] = terms
  const comparison = /^(.+?)\s*(==|!=)\s*(.+)$/.exec(term)
  if (comparison !== null) {
    const [, left = '', operator, right = ''] = comparison
    return String((operand(left, contexts) === operand(right, contexts)) === (operator === '=='))
  }
  return operand(term, contexts)
}

function operand(text: string, contexts: Contexts): string {
  const literal = /^'([^']*)'$/.exec(text)
  if (literal !== null) return literal[1] ?? ''
  const [context = '', ...path] = text.split('.')
  if (!/^[a-z]+$/.test(context) || !(context in contexts) || path.length === 0) {
    throw new Error(`not understood: ${text}`)
  }
  return String(at(contexts[context], ...path) ?? '')
}

function filled(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{\s*(.+?)\s*\}\}/g, (_, expression: string) => evaluate(expression, contexts))
}

function envOf(node: unknown, contexts: Contexts): Record<string, string> {
  return Object.fromEntries(
    entriesAt(node, 'env').map(([name, value]) => [name, filled(String(value), contexts)]),
  )
}

export async function runGithubJob(
  site: Site,
  workflow: unknown,
  name: string,
  contexts: Contexts,
  apiUrl = '',
): Promise<JobRun> {
  const job = at(workflow, 'jobs', name)
  const none = { log: '', summary: '', outputs: {} }
  if (evaluate(textAt(job, 'if'), contexts) !== 'true') return { result: 'skipped', ...none }
  const machine = site.machine()
  const temp = join(machine.folder, '..', 'temp')
  mkdirSync(temp)
  const summary = join(temp, 'summary.md')
  const output = join(temp, 'output')
  for (const file of [summary, output]) writeFileSync(file, '')
  const base = {
    ...envOf(workflow, contexts),
    ...envOf(job, contexts),
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_OUTPUT: output,
    GITHUB_API_URL: apiUrl,
    GITHUB_REPOSITORY: textAt(contexts.github, 'repository'),
    RUNNER_TEMP: temp,
  }
  let failed = false
  let log = ''
  for (const step of listAt(job, 'steps')) {
    const always = textAt(step, 'if') === `\${{ !cancelled() }}`
    if (failed && !always) continue
    if (textAt(step, 'uses') !== '') {
      use(machine, step)
      continue
    }
    const env = { ...base, ...envOf(step, contexts) }
    const ran = await machine.bash(shell(workflow), textAt(step, 'run'), env)
    log += ran.output
    failed ||= ran.code !== 0
  }
  const written = readFileSync(output, 'utf8')
  const outputs = Object.fromEntries(
    written
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  return { result: failed ? 'failure' : 'success', log, summary: readFileSync(summary, 'utf8'), outputs }
}

/** How GitHub calls bash when a workflow asks for it by name; without that no pipe would fail. */
function shell(workflow: unknown): readonly string[] {
  if (textAt(workflow, 'defaults', 'run', 'shell') !== 'bash')
    throw new Error('the workflow does not ask for bash')
  return ['--noprofile', '--norc', '-eo', 'pipefail']
}

function use(machine: Machine, step: unknown): void {
  const action = textAt(step, 'uses').split('@')[0]
  const name = textAt(step, 'with', 'name')
  if (action === 'actions/upload-artifact') machine.upload(name, textAt(step, 'with', 'path'))
  else if (action === 'actions/download-artifact') machine.download(name)
  else if (action !== 'actions/checkout') throw new Error(`an action that is not known here: ${action}`)
}
