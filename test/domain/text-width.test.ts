import t from 'tap'
import { cutToWidth, padToWidth, textWidth } from '../../src/domain/text-width.ts'

t.test('East Asian characters and pictures take two columns, marks none', async (t) => {
  t.equal(textWidth('quay.example'), 12)
  t.equal(textWidth('運用'), 4)
  t.equal(textWidth('한국어'), 6)
  t.equal(textWidth('✋ ✔'), 4)
  t.equal(textWidth('e\u0301'), 1)
})

t.test('a text is cut only where it does not fit, and never wider than asked', async (t) => {
  t.equal(cutToWidth('zone quay', 9), 'zone quay')
  t.equal(cutToWidth('zone quay', 8), 'zone qu…')
  t.equal(cutToWidth('zone quay', 1), '…')
  t.equal(cutToWidth('運用運用', 6), '運用…', 'half a character does not fit')
})

t.test('padding counts columns and not characters', async (t) => {
  t.equal(padToWidth('運用', 6), '運用  ')
  t.equal(padToWidth('quay.example', 6), 'quay.example')
})

t.test('a text that just fits is filled up with nothing, and cut nowhere', async (t) => {
  t.equal(padToWidth('quay', 4), 'quay')
  t.equal(padToWidth('quay', 5), 'quay ')
  t.equal(padToWidth('', 2), '  ')
  t.equal(cutToWidth('', 0), '')
  t.equal(cutToWidth('運用', 4), '運用')
  t.equal(cutToWidth('運用', 3), '運…')
  t.equal(cutToWidth('e\u0301e\u0301e\u0301', 2), 'e\u0301…', 'a mark stays with its letter')
})
