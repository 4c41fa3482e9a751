import { html } from './page.ts'
import { framed, type PageContext } from './page-context.ts'

/** For a job that nobody knows: deleted, not seen yet, or mistyped. */
export function missingPage(id: string, context: PageContext, now: number): string {
  return framed(context, {
    title: 'No such job',
    root: '../',
    here: `./${encodeURIComponent(id)}`,
    now,
    body: html`<section class="head"><h1>No such job</h1>
<p class="lead">There is no job with the id <code>${id}</code>. It may have been deleted, or belong to an account or zone that is not watched.</p>
<p><a href="../">All jobs</a></p></section>`,
  })
}
