import t from 'tap'
import { createReport } from '../../../src/provision/manifest/report.ts'
import { resolveText } from '../../../src/provision/manifest/resolve-text.ts'

/** What stands for a reference to a file with this text. */
function fileText(text: string): string | null {
  const root = { kind: 'map', at: { line: 1, column: 1 }, entries: [] } as const
  const report = createReport({ file: 'manifest.yaml', root })
  const readers = {
    env: () => undefined,
    readFile: () => ({ ok: true as const, text }),
  }
  return resolveText({ report, readers }, ['x'], `\${file:token}`)
}

t.test('the line ends that close a file are not part of its text, however many', async (t) => {
  t.equal(fileText('s3cr3t\n'), 's3cr3t')
  t.equal(fileText('s3\ncr3t\r\n\n'), 's3\ncr3t')
  t.equal(fileText('s3cr3t\r'), 's3cr3t\r')
  t.equal(fileText('\n\n'), null, 'nothing is left')
})

t.test('64 kB of line ends take no time', async (t) => {
  const began = performance.now()
  t.equal(fileText(`a${'\n'.repeat(65_000)}b`)?.length, 65_002)
  t.ok(performance.now() - began < 500)
})
