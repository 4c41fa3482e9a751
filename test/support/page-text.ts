import { readFileSync, writeFileSync } from 'node:fs'
import { updating } from './case-file.ts'

/** Compares a text with a file of test/golden. */
export function golden(
  t: { equal(found: string, wanted: string, message: string): unknown },
  name: string,
  text: string,
): void {
  const file = new URL(`../golden/${name}.txt`, import.meta.url)
  if (updating) writeFileSync(file, `${text}\n`)
  t.equal(`${text}\n`, readFileSync(file, 'utf8'), name)
}

/** What a page says, a line per block; elements that stand out are in asterisks. */
export function pageText(html: string): string {
  const main = /<main[^>]*>([\s\S]*)<\/main>/.exec(html)?.[1] ?? html
  return main
    .replace(/<svg[\s\S]*?<\/svg>/g, (svg) => {
      const label = /aria-label="([^"]*)"/.exec(svg)?.[1] ?? ''
      const [, state = '', width = ''] = /<rect class="(good|warn|bad)" width="([\d.]+)"/.exec(svg) ?? []
      return `<p>[${[label, state, width].filter((part) => part !== '').join(' ')}]</p>`
    })
    .replace(/<(b|code class="changed"|p class="big bad")>/g, (tag) => (tag.startsWith('<p') ? '\n*' : '*'))
    .replace(/<\/(h\d|p|li|tr|div|dt|section|caption)>/g, '\n')
    .replace(/<\/(th|td)>/g, ' | ')
    .replace(/<a class="button[^"]*" href="([^"]*)">([^<]*)<\/a>/g, '$2 ($1)')
    .replace(/<\/(b)>/g, '*')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&#39;', "'")
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n')
}
