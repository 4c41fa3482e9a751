import t from 'tap'
import { escapeHtml } from '../../../src/http/pages/page.ts'

t.test('a text can neither open a tag nor turn the direction of writing', async (t) => {
  t.equal(escapeHtml(`<b a="1">&'`), '&lt;b a=&quot;1&quot;&gt;&amp;&#39;')
  t.equal(escapeHtml('job \u202egnp\u202c \u2066x\u2069'), 'job □gnp□ □x□')
  t.equal(escapeHtml('שלום'), 'שלום', 'letters of other directions stay')
})
