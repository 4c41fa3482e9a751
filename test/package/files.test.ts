import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { pack } from '../support/packed.ts'

/*
 * What is published: the program, and documents whose links work where they are published.
 */

const { files } = pack(null)
const published = new Set(files)

/** A file, or a folder that holds one. */
function isPublished(path: string): boolean {
  return published.has(path) || files.some((file) => file.startsWith(`${path}/`))
}

t.test('the program, its licence and its documents are published', async (t) => {
  const wanted = [
    'dist/main.js',
    'dist/THIRD-PARTY-NOTICES.txt',
    'LICENSE',
    'README.md',
    'deploy/provisioning.md',
    'deploy/systemd/logpush-exporter.service',
    'deploy/helm/logpush-exporter/Chart.yaml',
    'alerts/cloudflare-logpush.rules.yaml',
  ]
  for (const path of wanted) t.ok(isPublished(path), path)
})

t.test('no source, test, source map or secret is', async (t) => {
  const kinds = /^(src|test|dashboards\/src|node_modules|\.build|\.ci)\/|\.map$|\/secrets\//
  t.strictSame(
    files.filter((path) => kinds.test(path)),
    [],
  )
  t.strictSame(
    files.filter(
      (path) => path.endsWith('.js') && readFileSync(path, 'utf8').includes('//# sourceMappingURL'),
    ),
    [],
    'and nothing links to a map that is not there',
  )
})

t.test('every relative link of a published document leads to a published file', async (t) => {
  let followed = 0
  for (const path of files.filter((name) => name.endsWith('.md'))) {
    const text = readFileSync(path, 'utf8').replace(/^```[\s\S]*?^```$/gm, '')
    for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue
      followed += 1
      const file = join(dirname(path), target)
      t.ok(existsSync(file) && isPublished(file), `${path}: ${target}`)
    }
  }
  t.ok(followed > 40, `${followed} links`)
})
