import { type Html, html, nothing } from './page.ts'
import { amount } from './readable.ts'

/** Links to the other pages of a list; nothing when there is one page. */
export function paging(
  { page, pages }: { readonly page: number; readonly pages: number },
  href: (page: number) => string,
): Html {
  if (pages <= 1) return nothing
  const link = (to: number, text: string, rel: string): Html =>
    to < 1 || to > pages || to === page
      ? html`<span class="quiet">${text}</span>`
      : html`<a href="${href(to)}" rel="${rel}">${text}</a>`
  return html`<nav class="paging" aria-label="Pagination">${link(1, 'First', 'first')} ${link(page - 1, 'Previous', 'prev')} <span>Page ${amount(page)} of ${amount(pages)}</span> ${link(page + 1, 'Next', 'next')} ${link(pages, 'Last', 'last')}</nav>`
}
