import { Marked, type Tokens } from 'marked'
import { repositoryUrl } from './addresses.ts'
import { escapeHtml, type Html } from './page.ts'

/*
 * Markdown → HTML for our own runbooks. What would be markup of its own stays text, and links go to runbooks, to
 * places on the page and to web addresses only: a file that somebody put beside ours can do no harm.
 */

export interface RunbookText {
  /** The first heading. */
  readonly title: string
  /** Without the first heading. */
  readonly body: Html
}

export function renderRunbook(markdown: string): RunbookText {
  const tokens = marked.lexer(markdown)
  const first = tokens.findIndex((token) => token.type === 'heading')
  const heading = tokens[first]
  const title = heading?.type === 'heading' ? String(heading.text) : 'Runbook'
  return { title, body: { html: marked.parser(tokens.filter((_, index) => index !== first)) } }
}

const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escapeHtml(text),
    image: ({ text }) => escapeHtml(text),
    code: ({ text }) => `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`,
    heading({ tokens, depth, text }: Tokens.Heading): string {
      return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`
    },
    link({ href, tokens }: Tokens.Link): string {
      const inside = this.parser.parseInline(tokens)
      const target = targetOf(href)
      return target === null ? inside : `<a href="${escapeHtml(target)}">${inside}</a>`
    },
    table(table: Tokens.Table): string {
      const cells = (row: readonly Tokens.TableCell[], tag: string): string =>
        `<tr>${row.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('')}</tr>`
      const body = table.rows.map((row) => cells(row, 'td')).join('')
      return `<div class="scroll" tabindex="0" role="region" aria-label="Table"><table><thead>${cells(table.header, 'th scope="col"').replaceAll('</th scope="col">', '</th>')}</thead><tbody>${body}</tbody></table></div>\n`
    },
  },
})

/** Relative to `/runbooks/`; null for what is not to be followed. */
function targetOf(href: string): string | null {
  if (/^https?:\/\//.test(href)) return href
  const [, path = '', anchor = ''] = /^([^#]*)(#[\w-]+)?$/.exec(href) ?? []
  if (path === '') return anchor === '' ? null : anchor
  const runbook = /^([\w-]+)\.md$/.exec(path)
  if (runbook !== null) return `./${runbook[1]}${anchor}`
  const beside = /^\.\.\/([\w./-]+)$/.exec(path)
  return beside === null ? null : `${repositoryUrl}/alerts/${beside[1]}${anchor}`
}

/** As forges name the anchors of headings. */
function anchorOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')
}
