import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { visibleUrl } from '../../../src/provision/resource/visible-url.ts'

const shown = (url: string): string => visibleUrl(new Secret(url))

t.test('of an address only the host is shown, and whether more follows', async (t) => {
  t.equal(shown('https://exporter.example.com'), 'https://exporter.example.com')
  t.equal(shown('https://exporter.example.com/'), 'https://exporter.example.com')
  t.equal(shown('http://exporter.example.com:8443/canary'), 'http://exporter.example.com:8443/***')
  t.equal(shown('HTTPS://exporter.example.com?token=canary'), 'HTTPS://exporter.example.com/***')
})

t.test('a password in an address is never shown', async (t) => {
  t.equal(shown('https://user:canary@exporter.example.com/x'), 'https://exporter.example.com/***')
  t.equal(shown('https://exporter.example.com/@canary'), 'https://exporter.example.com/***')
})

t.test('what is no address of the web is not shown at all', async (t) => {
  for (const url of [
    '',
    'canary',
    'ftp://exporter.example.com/',
    'https://',
    'see https://exporter.example.com',
  ])
    t.equal(shown(url), '***', url)
})
