import { readdirSync } from 'node:fs'
import t from 'tap'
import type { RunbookFiles } from '../../src/http/runbook-routes.ts'
import { runbookFiles } from '../../src/runtime/runbook-files.ts'
import { shippedPath } from '../../src/runtime/shipped-file.ts'
import { serverFor } from '../support/http-server.ts'

const shipped = runbookFiles(shippedPath('alerts/runbooks'))

async function pages(t: Parameters<typeof serverFor>[0], runbooks: RunbookFiles = shipped) {
  const { app } = await serverFor(t, { runbooks })
  return async (url: string) => {
    const { statusCode, body, headers } = await app.inject(url)
    return { status: statusCode, text: body, policy: String(headers['content-security-policy']) }
  }
}

/** Files of a test by name. */
function filesOf(texts: Readonly<Record<string, string>>): RunbookFiles {
  return { names: async () => Object.keys(texts), read: async (name) => texts[name] ?? null }
}

t.test('every shipped runbook is a page, and every link of it leads somewhere', async (t) => {
  const get = await pages(t)
  const files = readdirSync('alerts/runbooks').map((file) => file.replace(/\.md$/, ''))
  const texts = new Map<string, string>()
  for (const name of files) {
    const { status, text, policy } = await get(`/runbooks/${name}`)
    t.notMatch(text, 'efresh', 'a page that never changes does not refresh')
    t.equal(status, 200, name)
    t.match(policy, "default-src 'none'")
    t.match(text, '<h2 id=', name)
    texts.set(name, text)
  }
  for (const [name, text] of texts) {
    const article = text.slice(text.indexOf('<article'), text.indexOf('</article>'))
    for (const [, href = ''] of article.matchAll(/href="([^"]*)"/g)) {
      if (href.startsWith('https://')) continue
      const { pathname, hash } = new URL(href, `http://exporter/runbooks/${name}`)
      const target = texts.get(pathname.replace('/runbooks/', ''))
      t.ok(target, `${name}: ${href}`)
      if (hash !== '') t.match(target, `id="${hash.slice(1)}"`, `${name}: ${href}`)
    }
  }
})

t.test('the list has them all, and the address with .md works too', async (t) => {
  const get = await pages(t)
  const { status, text } = await get('/runbooks')
  t.equal(status, 200)
  for (const name of await shipped.names()) t.match(text, `href="./runbooks/${name}"`)
  t.match(
    (await get('/runbooks/CloudflareLogpushJobFailing.md')).text,
    '<h1>CloudflareLogpushJobFailing</h1>',
  )
})

t.test('a runbook that does not exist is 404 with those that do', async (t) => {
  const get = await pages(t)
  for (const path of ['NoSuchAlert', '%2e%2e%2fREADME', '..%2F..%2Fpackage', '%3Cscript%3E']) {
    const { status, text } = await get(`/runbooks/${path}`)
    t.equal(status, 404, path)
    t.notMatch(text, '<script')
    t.match(text, 'href="../runbooks/CloudflareLogpushJobFailing"')
  }
})

t.test('without the files it leads to the repository', async (t) => {
  const get = await pages(t, runbookFiles('/no/such/folder'))
  const { status, text } = await get('/runbooks')
  t.equal(status, 200)
  t.match(text, /<a href="https:\/\/github\.com\/[^"]+\/alerts\/runbooks">in the repository<\/a>/)
  t.equal((await get('/runbooks/README')).status, 404)
})

t.test('markup and dangerous links in a file stay text', async (t) => {
  const get = await pages(
    t,
    filesOf({
      Bad: `# Bad <script>alert(1)</script>

<script>alert(2)</script>

Inline <img src=x onerror=alert(3)> and [a](javascript:alert(4)), [b](data:text/html,x), [c](//evil.example/), [d](/absolute), [e](other.md "t\\" onclick=alert(5)").

![x" onerror="alert(6)](http://example.com/x.png)

\`\`\`sh
echo "<script>alert(7)</script>"
\`\`\`
`,
    }),
  )
  const { text } = await get('/runbooks/Bad')
  const body = text.slice(text.indexOf('<main'), text.indexOf('</main>'))
  t.notMatch(body, /<script|<img|href="(javascript|data|\/)|<[^>]* on\w+=/)
  t.match(body, 'href="./other"')
  t.match(body, '<pre tabindex="0"><code>echo &quot;&lt;script&gt;')
})

t.test('a file is rendered once', async (t) => {
  let reads = 0
  const files = filesOf({ One: '# One\n' })
  const get = await pages(t, {
    names: files.names,
    read: async (name) => {
      reads += 1
      return files.read(name)
    },
  })
  await get('/runbooks/One')
  await get('/runbooks/One')
  t.equal(reads, 1)
})
