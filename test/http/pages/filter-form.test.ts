import t from 'tap'
import { filterForm } from '../../../src/http/pages/filter-form.ts'
import { pageRules, parseStatusQuery } from '../../../src/http/pages/status-query.ts'

const none = { accounts: [], zones: [], datasets: [], destinations: [] }
const form = (search: string, options: Partial<typeof none | { zones: string[] }> = {}, refresh = true) =>
  filterForm({ ...none, ...options }, parseStatusQuery(search, pageRules).query, refresh).html
const chosen = (html: string) =>
  [...html.matchAll(/<option value="([^"]*)" selected>/g)].map(([, own]) => own)
const zones = (count: number) => ({ zones: Array.from({ length: count }, (_, index) => `${index}.example`) })

t.test('the form is open, and leads back to all jobs, only while something is chosen', async (t) => {
  t.match(form(''), /^<details class="filter">/)
  t.notMatch(form(''), 'Show all')
  t.match(form('zone=a'), /^<details class="filter" open>/)
  t.match(form('zone=a'), '<a href="./">Show all</a>')
  t.match(form('zone=a', {}, false), '<a href="./?refresh=off">Show all</a>')
  t.match(form('page=3'), /^<details class="filter">/, 'a page is no filter')
})

t.test('a form keeps the refresh off', async (t) => {
  const hidden = '<input type="hidden" name="refresh" value="off">'
  t.strictSame([form('').includes(hidden), form('', {}, false).includes(hidden)], [false, true])
})

t.test('what is chosen is selected, in whichever letters, and also when no job has it', async (t) => {
  t.strictSame(chosen(form('')), [])
  t.strictSame(chosen(form('zone=1.EXAMPLE', zones(2))), ['1.example'])
  const other = form('zone=Gone.example', zones(2))
  t.strictSame(chosen(other), ['Gone.example'])
  t.match(other, '<option value="Gone.example" selected>Gone.example</option><option value="-">')
  t.strictSame(chosen(form('zone=-')), ['-'])
  t.match(form('zone=-'), '<option value="-" selected>none: account jobs</option>')
})

t.test('of more than 200 one is typed', async (t) => {
  // One of them stands for the jobs of accounts.
  t.match(form('', zones(199)), '<select id="zone" name="zone">')
  const typed = form('zone=a%22b', zones(200))
  t.notMatch(typed, '<select id="zone"')
  t.match(typed, /<input id="zone" name="zone" maxlength="200" value="a&quot;b" placeholder="name or id">/)
  t.match(form('', zones(200)), /<input id="zone" name="zone" maxlength="200" value=""/)
})

t.test('what was searched for stands in its field', async (t) => {
  t.match(form('search=a%26b'), 'type="search" maxlength="200" value="a&amp;b"')
  t.match(form(''), 'type="search" maxlength="200" value=""')
})
