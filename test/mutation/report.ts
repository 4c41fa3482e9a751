import type { Trial } from './trial.ts'

/** The least score of a folder of src, in percent. */
export function barOf(folder: string): number {
  return ['domain', 'exporter', 'access'].includes(folder) ? 90 : 80
}

export interface FolderResult {
  readonly folder: string
  readonly trials: readonly Trial[]
}

/** Killed mutants, and those that made a test run without end, of all; 100 where there is none. */
export function scoreOf(trials: readonly Trial[]): number {
  const killed = trials.filter(({ verdict }) => verdict !== 'survived').length
  return trials.length === 0 ? 100 : (100 * killed) / trials.length
}

export function belowBar(results: readonly FolderResult[]): readonly string[] {
  return results.filter(({ folder, trials }) => scoreOf(trials) < barOf(folder)).map(({ folder }) => folder)
}

/** The survivors, then a Markdown table with a line per folder and one for all. */
export function report(results: readonly FolderResult[]): string {
  const survivors = results.flatMap(({ trials }) => trials.filter(({ verdict }) => verdict === 'survived'))
  const all = { folder: '**all**', trials: results.flatMap(({ trials }) => trials) }
  return [
    ...survivors.map(survivorText),
    '',
    '| folder of src | mutants | killed | timeouts | survived | score | bar |',
    '|---|---|---|---|---|---|---|',
    ...results.map((result) => row(result, `${barOf(result.folder)} %`)),
    row(all, ''),
    '',
  ].join('\n')
}

function row({ folder, trials }: FolderResult, bar: string): string {
  const count = (verdict: Trial['verdict']) => trials.filter((trial) => trial.verdict === verdict).length
  const counts = [trials.length, count('killed'), count('timeout'), count('survived')]
  return `| ${folder} | ${counts.join(' | ')} | ${Math.round(scoreOf(trials))} % | ${bar} |`
}

/** One survivor: where, what became what, and which tests let it pass. */
export function survivorText({ mutant, ran, notRun }: Trial): string {
  const by = ran.length === 0 ? 'no test runs this line' : `passed: ${ran.join(', ')}`
  const more = notRun.length === 0 ? '' : `; no time for ${notRun.join(', ')}`
  return `survived ${mutant.path}:${mutant.line} ${mutant.kind}: ${short(mutant.before)} → ${short(mutant.after)}\n    ${by}${more}`
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return `\`${line.length > 80 ? `${line.slice(0, 80)}…` : line}\``
}
