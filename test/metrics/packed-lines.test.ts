import fc from 'fast-check'
import t from 'tap'
import { labelText, renderSample } from '../../src/metrics/exposition-text.ts'
import { packLines, unpackLines } from '../../src/metrics/packed-lines.ts'
import { holds } from '../support/property.ts'

const name = 'cloudflare_logpush_uploads_total'
const labels = ['account', 'job_id']

const views = (ids: readonly string[], more: readonly string[]) => {
  const identities = ids.map((id) => labelText(labels, ['quay', id]))
  const lines = identities.map((identity) =>
    more.map((value, index) => renderSample(name, `${identity},type="${value}"`, index)).join(''),
  )
  return { identities, lines }
}

t.test('lines come back as they were, whatever labels hold', (t) => {
  const sign = fc.constantFrom('\u0001', '\u0002', '\u0003', '$&', '$1', '"', '\\', '\n', '{', 'é', name)
  const text = fc.array(fc.oneof(sign, fc.string())).map((parts) => parts.join(''))
  const view = fc.record({ identity: fc.tuple(text, text), more: fc.array(text, { maxLength: 3 }) })
  holds(
    t,
    fc.property(fc.array(view, { maxLength: 5 }), (all) => {
      const identities = all.map(({ identity }) => labelText(labels, identity))
      const lines = all.map(({ identity, more }) =>
        more
          .map((value, index) =>
            renderSample(name, labelText([...labels, 'type'], [...identity, value]), index / 7),
          )
          .join(''),
      )
      const packed = packLines(name, identities, lines)
      return unpackLines(name, identities, packed) === lines.join('')
    }),
  )
  t.end()
})

t.test('what all lines of a view begin with is kept once', (t) => {
  const { identities, lines } = views(['1', '2', '3'], ['s3', 'r2'])
  const packed = packLines(name, identities, lines)
  t.notMatch(packed, name)
  t.notMatch(packed, 'job_id')
  t.ok(packed.length * 4 < lines.join('').length, `${packed.length} of ${lines.join('').length}`)
  t.end()
})

t.test('lines of another beginning are kept whole', (t) => {
  const lines = ['up{source="health"} 1\n', '']
  t.equal(unpackLines('up', ['a="b"', 'a="c"'], packLines('up', ['a="b"', 'a="c"'], lines)), lines.join(''))
  t.equal(unpackLines('up', [], packLines('up', [], [])), '')
  t.end()
})
