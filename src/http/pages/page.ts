import { createHash } from 'node:crypto'
import { pageStyle } from './page-style.ts'

/*
 * The frame of every page: plain HTML with one style sheet inside, and a policy under which nothing else can
 * load or run. Pages are made of `Html`; a text becomes Html only by being escaped.
 */

/** Text that is fit to be sent as HTML. */
export interface Html {
  readonly html: string
}

/** A template whose values are escaped, unless they are Html (or lists of it) themselves. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { html: parts.reduce((all, part, index) => all + asHtml(values[index - 1] ?? '') + part) }
}

export type HtmlValue = string | number | Html | readonly Html[]

function asHtml(value: HtmlValue): string {
  if (typeof value === 'object') {
    return 'html' in value ? value.html : value.map((one) => one.html).join('')
  }
  return escapeHtml(String(value))
}

/** Nothing, where a part of a page is left out. */
export const nothing: Html = { html: '' }

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Signs that turn the direction of writing: a name with one in it makes what stands beside it read wrong. */
const shownAsBox = '\u25a1'

export function escapeHtml(text: string): string {
  return /[&<>"'\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(text)
    ? text.replace(
        /[&<>"'\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
        (character) => entities[character] ?? shownAsBox,
      )
    : text
}

const styleHash = createHash('sha256').update(pageStyle).digest('base64')

/**
 * Headers that go with a page: nothing loads but its own style, forms go to this server only, nothing frames it,
 * nobody keeps it.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

export interface PageFrame {
  readonly title: string
  /** The way from the page's address to the server's root, e.g. `./` or `../`: links work behind any prefix. */
  readonly root: string
  readonly links: readonly PageLink[]
  /** Seconds between refreshes; null while auto-refresh is off. */
  readonly refreshSeconds: number | null
  readonly body: Html
  readonly footer: Html
}

export interface PageLink {
  readonly text: string
  readonly href: string
  readonly current: boolean
}

/** A whole page around its body. */
export function page({ title, root, links, refreshSeconds, body, footer }: PageFrame): string {
  const refresh =
    refreshSeconds === null ? nothing : html`<meta http-equiv="refresh" content="${refreshSeconds}">`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refresh}
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${{ html: pageStyle }}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<a class="brand" href="${root}">Logpush Exporter</a>
<nav aria-label="Pages"><ul>${links.map(navigationLink)}</ul></nav>
</header>
<main id="main">
${body}
</main>
<footer>
${footer}
</footer>
</body>
</html>
`.html
}

function navigationLink({ text, href, current }: PageLink): Html {
  return html`<li><a href="${href}"${current ? { html: ' aria-current="page"' } : nothing}>${text}</a></li>`
}
