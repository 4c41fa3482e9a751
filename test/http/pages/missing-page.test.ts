import t from 'tap'
import { missingPage } from '../../../src/http/pages/missing-page.ts'
import { pageContext } from '../../support/page-text.ts'

const context = { ...pageContext, refresh: false }

t.test('the page of a job that nobody knows names it, and leads back to all', async (t) => {
  const text = missingPage('<7>', context, Date.UTC(2026, 10, 24, 3))
  t.match(text, '<title>No such job · Logpush Exporter</title>')
  t.match(text, '<h1>No such job</h1>')
  t.match(text, 'There is no job with the id <code>&lt;7&gt;</code>.')
  t.match(text, '<a href="../">All jobs</a>')
  t.match(text, 'href="./%3C7%3E"', 'its own address, which refreshes it')
})
