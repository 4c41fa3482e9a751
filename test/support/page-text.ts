import { readFileSync, writeFileSync } from 'node:fs'
import type { PageContext } from '../../src/http/pages/page-context.ts'
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

/** A page as a browser has it: pageText of all of it, with what links lead to, and what stands out or is chosen. */
export function wholePageText(html: string): string {
  const title = /<title>([^<]*)<\/title>/.exec(html)?.[1] ?? ''
  const refresh = /http-equiv="refresh" content="(\d+)"/.exec(html)?.[1] ?? 'never'
  const body = /<body[^>]*>([\s\S]*)<\/body>/.exec(html)?.[1] ?? ''
  const marked = body
    .replace(/<\/?main[^>]*>/g, '<p></p>')
    .replace(/<a ([^>]*)>([\s\S]*?)<\/a>/g, (_, attributes: string, text: string) => {
      const href = /href="([^"]*)"/.exec(attributes)?.[1] ?? ''
      const notes = attributes.replace(/(?:href|class)="[^"]*"|class="button"/g, '').trim()
      const style = /class="([^"]*)"/.exec(attributes)?.[1] ?? ''
      return ` ${[text, `(${href})`, style === '' ? '' : `{${style}}`, notes].filter((part) => part !== '').join(' ')} `
    })
    .replace(
      /<(option|input)([^>]*)>/g,
      (_, tag: string, attributes: string) => ` <p>${tag}${attributes}</p>`,
    )
  return `${title}\nrefresh: ${refresh}\n${pageText(marked)}`
}

/** A ready exporter at no particular place, whose pages refresh. */
export const pageContext: PageContext = {
  about: { name: 'logpush-exporter', version: '1.2.3', revision: 'abc' },
  telemetryPath: '/metrics',
  grafana: null,
  readiness: { ready: true },
  refresh: true,
}
