import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { scopeKey } from '../../src/domain/scope.ts'
import { createState } from '../../src/exporter/state/state.ts'
import { createExposition } from '../../src/metrics/exposition.ts'
import type { ExpositionFormat } from '../../src/metrics/exposition-text.ts'
import { deflatePart, gzipOf, nothingDeflated } from '../../src/metrics/gzip-parts.ts'
import { zone } from '../support/exporter-core.ts'
import { aSummary } from '../support/status-world.ts'

/* A scrape as it leaves: in which pieces, and with which ends. */

const now = Date.UTC(2026, 10, 24, 3)

/** Zones of one job each. */
function world(zones: number) {
  const state = createState()
  const scopes = Array.from({ length: zones }, (_, index) => zone(`z${index}.example`))
  state.setScopes(scopes)
  scopes.forEach((scope, index) => {
    state.jobsListed(scopeKey(scope), [aSummary(`${index}`, now)], now)
  })
  const exposition = createExposition({
    scopes: () => state.scopes,
    rules: () => ({ maxLagMs: () => 0, lablabs: false }),
    own: () => [],
    node: { render: async () => 'up 1\n' },
    defer: (work) => setImmediate(work),
  })
  const read = async (format: ExpositionFormat, gzip: boolean) => {
    const { body, contentType } = await exposition.exposition(format, gzip)
    return { pieces: [...body], contentType }
  }
  return read
}

t.test('a scrape is sent in pieces of 128 kB, which end with a line', async (t) => {
  const { pieces } = await world(100)('text', false)
  t.ok(pieces.length > 2, `${pieces.length} pieces`)
  for (const piece of pieces.slice(0, -2)) {
    t.ok(piece.length >= 131_072 && piece.length < 131_072 + 1_000, `${piece.length} bytes`)
    t.equal(piece.at(-1), 0x0a)
  }
})

t.test("each form ends as its readers want it: with Node's own lines, and with a mark", async (t) => {
  const read = world(1)
  for (const gzip of [false, true]) {
    const text = async (format: ExpositionFormat) => {
      const whole = Buffer.concat((await read(format, gzip)).pieces)
      return (gzip ? gunzipSync(whole) : whole).toString()
    }
    t.match(await text('text'), /\nup 1\n$/)
    t.match(await text('openmetrics'), /\nup 1\n# EOF\n$/)
  }
  t.equal((await read('text', true)).contentType, 'text/plain; version=0.0.4; charset=utf-8')
  t.equal(
    (await read('openmetrics', true)).contentType,
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
  )
})

t.test('a gzip stream ends with what it holds, and is smaller than that', async (t) => {
  const text = Buffer.from('series{number="1"} 1\n'.repeat(1_000))
  const first = await deflatePart(nothingDeflated, [text, text], false)
  const whole = Buffer.concat([...gzipOf([first, await deflatePart(first, [text], true)])])
  t.equal(gunzipSync(whole).length, 3 * text.length)
  t.equal(whole.readUInt32LE(whole.length - 4), 3 * text.length)
  t.ok(whole.length < text.length / 10, `${whole.length} bytes`)
})
