import { readFileSync } from 'node:fs'
import t from 'tap'
import { linkToExporter } from '../../../src/commands/demo/demo-links.ts'

const shipped = readFileSync('alerts/cloudflare-logpush.rules.yaml', 'utf8')

t.test('every link of the shipped rules leads to the exporter, and nothing else is touched', async (t) => {
  const linked = linkToExporter(shipped, 'http://127.0.0.1:10199')
  const links = (text: string) => [...text.matchAll(/(\w+_url): (\S.*)$/gm)].map(([, key, url]) => [key, url])
  t.equal(links(linked).length, links(shipped).length)
  for (const [key, url] of links(linked))
    t.match(
      url,
      key === 'runbook_url'
        ? /^http:\/\/127\.0\.0\.1:10199\/runbooks\/CloudflareLogpush\w+$/
        : /^http:\/\/127\.0\.0\.1:10199\/(exporter|jobs\/\{\{ \$labels\.job_id \| urlquery \}\})?$/,
    )
  const without = (text: string) => text.replace(/_url: .*$/gm, '_url:')
  t.equal(without(linked), without(shipped))
})
