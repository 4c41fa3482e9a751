import t from 'tap'
import { createReport } from '../../../src/provision/manifest/report.ts'
import { resolveDestination } from '../../../src/provision/manifest/resolve-destination.ts'

/** What a destination given as one text stands for, and what is reported. */
function resolved(url: string, env: string | null) {
  const root = { kind: 'map', at: { line: 1, column: 1 }, entries: [] } as const
  const report = createReport({ file: 'manifest.yaml', root })
  const readers = env === null ? null : { env: () => env, readFile: () => ({ ok: true as const, text: '' }) }
  const conf = resolveDestination({ report, readers }, { url }, [])
  return { conf: conf?.reveal() ?? null, problems: report.problems.map(({ level }) => level) }
}

const reference = `\${env:DESTINATION}`

t.test('a destination that is a reference is judged by what it stands for, once that is read', async (t) => {
  const conf = 's3://quay-logs/http?region=us-east-1'
  t.same(resolved(reference, null), { conf: reference, problems: [] }, 'not read yet')
  t.same(resolved(reference, conf), { conf, problems: [] })
  t.same(resolved(reference, 'quay-logs'), { conf: null, problems: ['error'] })
})

t.test('an unknown kind of destination is kept, with a warning', async (t) => {
  t.same(resolved('s4://quay-logs/http', null), { conf: 's4://quay-logs/http', problems: ['warning'] })
  t.same(resolved('quay-logs', null), { conf: null, problems: ['error'] })
})
