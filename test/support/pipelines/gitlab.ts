import { at, entriesAt, listAt, textAt } from '../tree.ts'
import type { Site } from './machine.ts'

/*
 * Carries out a job of a GitLab pipeline as its runner does: `extends`, rules, variables, the scripts in one bash,
 * and artifacts.
 */

export type Variables = Readonly<Record<string, string>>

export interface GitlabRun {
  readonly result: 'success' | 'failed' | 'absent'
  /** Whether a person has to start it. */
  readonly manual: boolean
  readonly log: string
}

/** One rule's condition: comparisons of variables and texts joined by `&&`. */
function holds(condition: string, variables: Variables): boolean {
  return condition.split('&&').every((term) => {
    const [, left = '', operator, right = ''] = /^\s*(\S+)\s*(==|!=)\s*(\S+)\s*$/.exec(term) ?? []
    if (operator === undefined) throw new Error(`not understood: ${term}`)
    const value = (text: string) =>
      text.startsWith('$') ? (variables[text.slice(1)] ?? '') : text.replaceAll('"', '')
    return (value(left) === value(right)) === (operator === '==')
  })
}

/** A job with what it extends below it. */
function whole(pipeline: unknown, name: string): object {
  const own = Object(at(pipeline, name))
  const base = textAt(own, 'extends')
  return base === '' ? own : { ...whole(pipeline, base), ...own }
}

/** @param variables the project's and the predefined ones of this pipeline, as this job may see them. */
export async function runGitlabJob(
  site: Site,
  pipeline: unknown,
  name: string,
  variables: Variables,
): Promise<GitlabRun> {
  const job = whole(pipeline, name)
  const rule = listAt(job, 'rules').find((each) => holds(textAt(each, 'if'), variables))
  if (rule === undefined) return { result: 'absent', manual: false, log: '' }
  const machine = site.machine()
  for (const needed of listAt(job, 'needs')) machine.download(String(needed))
  const lines = [...listAt(job, 'before_script'), ...listAt(job, 'script')].map(String)
  const defaults = Object.fromEntries(
    entriesAt(pipeline, 'variables').map(([key, value]) => [key, String(value)]),
  )
  const ran = await machine.bash(['-eo', 'pipefail'], lines.join('\n'), { ...defaults, ...variables })
  if (ran.code === 0) for (const path of listAt(job, 'artifacts', 'paths')) machine.upload(name, String(path))
  return {
    result: ran.code === 0 ? 'success' : 'failed',
    manual: textAt(rule, 'when') === 'manual',
    log: ran.output,
  }
}
