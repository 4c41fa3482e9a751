import { createHash } from 'node:crypto'

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

export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

const style = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}
h1{font-size:1.5rem}code{font-family:ui-monospace,monospace}li{margin:.25rem 0}
footer{margin-top:2rem;font-size:.875rem;opacity:.75}`

const styleHash = createHash('sha256').update(style).digest('base64')

/** Headers that go with a page: nothing loads but its own style, nothing frames it, nobody keeps it. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

/** A whole page around its body. */
export function page(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${{ html: style }}</style>
</head>
<body>
${body}
</body>
</html>
`.html
}
