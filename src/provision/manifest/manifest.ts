import type { Positioned, PositionedReading } from '../../domain/positioned.ts'
import { type Checked, checked, errorAt, type Problem } from '../resource/problem.ts'
import { hasReference, hideReferences, showReferences } from '../resource/reference.ts'
import { withoutBlockEnds } from './block-text.ts'
import { checkJob, checkScope } from './check-job.ts'
import { checkNames, isAccountId, isOwnerName } from './check-names.ts'
import { checkPolicy, checkWebhook } from './check-notifications.ts'
import { checkReferences } from './check-references.ts'
import { checkRules } from './check-rules.ts'
import type { Manifest, ManifestPart } from './part.ts'
import { type PartialManifest, parsePartially } from './partial-manifest.ts'
import { unpasted } from './pasted.ts'
import { createReport, found, type Report, reportIssues, type Source } from './report.ts'
import { manifestSchema } from './schema.ts'
import { childOf, expandMerges, type Path, plainValue, withDefaults } from './tree.ts'

/*
 * Files of YAML → one manifest, or everything that is wrong with them at once. References stay references:
 * nothing is looked up here, so a manifest can be checked where its secrets are not.
 */

export interface ManifestText {
  /** As messages shall name it. */
  readonly file: string
  readonly text: string
}

export type ParseYaml = (text: string) => PositionedReading

export function readManifest(texts: readonly ManifestText[], parseYaml: ParseYaml): Checked<Manifest> {
  const parts: ManifestPart[] = []
  const problems: Problem[] = []
  for (const { file, text } of texts) {
    const yaml = parseYaml(hideReferences(text))
    if (!yaml.ok) {
      for (const { at, message } of yaml.problems)
        problems.push(errorAt({ file, ...at }, showReferences(message)))
      continue
    }
    const source: Source = {
      file,
      root: inheriting(withoutBlockEnds(unpasted(expandMerges(shown(yaml.root)), file, problems))),
    }
    const report = createReport(source)
    const plain = plainValue(withoutExtensions(source.root))
    const parsed = manifestSchema.safeParse(plain)
    if (parsed.success) {
      parts.push({ source, value: parsed.data })
      checkPart(report, parsed.data)
    } else {
      reportIssues(report, parsed.error.issues)
      checkPart(report, parsePartially(plain))
    }
    checkReferences(report)
    problems.push(...report.problems)
  }
  // With a file missing, its neighbours would be blamed for what it holds.
  if (parts.length === texts.length) problems.push(...checkNames(parts), ...checkRules({ parts }))
  return checked({ parts }, oncePerPlace(problems))
}

/** Puts references back as they were written, after the parser. */
function shown(node: Positioned): Positioned {
  switch (node.kind) {
    case 'scalar':
      return { ...node, text: showReferences(node.text) }
    case 'list':
      return { ...node, items: node.items.map(shown) }
    case 'map':
      return {
        ...node,
        entries: node.entries.map((entry) => ({
          ...entry,
          key: showReferences(entry.key),
          value: shown(entry.value),
        })),
      }
  }
}

function inheriting(root: Positioned): Positioned {
  const defaults = childOf(root, 'defaults')
  const jobs = childOf(root, 'jobs')
  if (root.kind !== 'map' || defaults === undefined || jobs?.kind !== 'list') return root
  const merged = { ...jobs, items: jobs.items.map((job) => withDefaults(job, defaults)) }
  return {
    ...root,
    entries: root.entries.map((entry) => (entry.key === 'jobs' ? { ...entry, value: merged } : entry)),
  }
}

/** Keys that start with `x-` are free: a place for anchors. */
function withoutExtensions(root: Positioned): Positioned {
  if (root.kind !== 'map') return root
  return { ...root, entries: root.entries.filter(({ key }) => !key.startsWith('x-')) }
}

function checkPart(report: Report, value: PartialManifest): void {
  const { account, owner, scopes, jobs, notifications } = value
  if (account !== undefined && (account.id === undefined) === (account.name === undefined)) {
    const what = account.id === undefined ? 'neither' : 'both'
    report.error(['account'], `expected either id or name, found ${what}`)
  }
  const id = account?.id
  if (id !== undefined && !hasReference(id) && !isAccountId(id)) {
    const path = ['account', 'id']
    report.error(path, `expected an account id of 32 hexadecimal digits, found ${found(report.source, path)}`)
  }
  if (owner !== undefined && !isOwnerName(owner)) {
    report.error(
      ['owner'],
      'expected letters, digits, dots, dashes and underscores, without a dash at the end: the dash is added',
    )
  }
  if (value.prune === true && owner === undefined) {
    report.error(['prune'], 'needs an owner: without one, nothing is known to belong to the manifest')
  }
  each(scopes, ['scopes'], (scope, path) => checkScope(report, scope, path))
  each(jobs, ['jobs'], (job, path) => checkJob(report, job, path))
  const { webhooks, policies } = notifications ?? {}
  each(webhooks, ['notifications', 'webhooks'], (webhook, path) => checkWebhook(report, webhook, path))
  each(policies, ['notifications', 'policies'], (policy, path) => checkPolicy(report, policy, path))
}

function each<T>(
  items: readonly (T | null)[] | undefined,
  path: Path,
  check: (item: T, path: Path) => void,
): void {
  for (const [index, item] of (items ?? []).entries()) {
    if (item !== null) check(item, [...path, index])
  }
}

/** An error in the defaults shows up in every job that inherits it; once is enough. */
function oncePerPlace(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>()
  return problems.filter(({ at, message }) => {
    const what = message.replace(/^(?:jobs\[\d+\]|defaults)[.:]/, '')
    const key = `${at.file}:${at.line}:${at.column} ${what}`
    return !seen.has(key) && seen.add(key)
  })
}
