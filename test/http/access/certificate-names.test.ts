import t from 'tap'
import { certificateNames } from '../../../src/http/access/certificate-names.ts'

t.test('names of every kind are found, and none inside another one', async (t) => {
  const text =
    'DNS:a.example, IP Address:0:0:0:0:0:0:0:1, IP Address:10.0.0.1, URI:"spiffe://a.example/b, DNS:c", email:a@b.c, othername:<unsupported>'
  t.same(certificateNames(text), ['a.example', '::1', '10.0.0.1', 'spiffe://a.example/b, DNS:c', 'a@b.c'])
})

t.test('what cannot be read is no name, and ends nothing', async (t) => {
  for (const text of ['IP Address:1:2:3', 'DNS:"\\x"', 'DNS:"a', '', ':', ', '])
    t.notOk(certificateNames(text).includes('a'), text)
  t.same(certificateNames('IP Address:1:2:3, DNS:"\\x", DNS:b.example'), ['b.example'])
})
