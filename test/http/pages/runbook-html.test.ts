import t from 'tap'
import { renderRunbook } from '../../../src/http/pages/runbook-html.ts'

const linkOf = (href: string) =>
  /href="([^"]*)"/.exec(renderRunbook(`[here](${href})`).body.html)?.[1] ?? null

t.test('the first heading is the title, and stands there once', async (t) => {
  const { title, body } = renderRunbook('# Job disabled\n\n## What it means\n\nIt is off.')
  t.equal(title, 'Job disabled')
  t.notMatch(body.html, 'Job disabled')
  t.match(body.html, '<h2 id="what-it-means">What it means</h2>')
  t.equal(renderRunbook('Text alone.').title, 'Runbook')
})

t.test('links lead to other runbooks, to the repository and to the web, and nowhere else', async (t) => {
  for (const [href, target] of [
    ['https://example.com/a', 'https://example.com/a'],
    ['#first-checks', '#first-checks'],
    ['Other.md', './Other'],
    ['Other.md#part', './Other#part'],
    ['javascript:alert(1)', null],
    ['/etc/x', null],
  ] as const)
    t.equal(linkOf(href), target, href)
  t.match(linkOf('../rules.yaml'), /^https:.*\/alerts\/rules\.yaml$/)
  t.equal(linkOf(''), null)
})

t.test('markup in a runbook is text', async (t) => {
  const { html } = renderRunbook('<script>x</script>\n\n![<b>](a.png)\n\n```\n<i>\n```').body
  t.notMatch(html, /<script|<img|<b>|<i>/)
  t.match(html, '<code>&lt;i&gt;')
})
