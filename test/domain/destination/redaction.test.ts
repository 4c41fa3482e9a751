import t from 'tap'
import { kindOfAddress, kindsOfAddress, redactConf } from '../../../src/domain/destination/redaction.ts'

const shown = (conf: string): string => redactConf(conf).redacted

t.test('an address is of the kinds of its scheme and host, the narrowest first', async (t) => {
  t.same(kindsOfAddress('s3', 'bucket/path'), ['s3', 's3_compatible'])
  t.same(kindsOfAddress('https', 'logs.example.com/in'), ['http'])
  t.same(kindsOfAddress('https', 'a.es.io/in'), ['elastic', 'http'])
  t.same(kindsOfAddress('https', 'user@a.es.io/in'), ['elastic', 'http'])
  t.same(kindsOfAddress('https', 'logs.example.com/a.es.io'), ['http'], 'the host counts, not the path')
  t.same(kindsOfAddress('https', 'es.io.example/in'), ['http'])
  t.same(kindsOfAddress('new', 'a'), [])
  t.equal(kindOfAddress('https', 'log-api.eu.newrelic.com/log/v1'), 'new_relic')
  t.equal(kindOfAddress('https', 'log-api.newrelic.com/log/v1'), 'new_relic')
  for (const host of ['a.elastic-cloud.com', 'a.elastic.co', 'a.found.io'])
    t.equal(kindOfAddress('https', host), 'elastic', host)
  t.equal(kindOfAddress('new', 'a'), null)
})

t.test('a host is shown as far as it is one', async (t) => {
  for (const host of ['a.example', 'a_b-c.example:65535', '[2001:db8::1]:8443', '[::1]'])
    t.equal(shown(`https://${host}`), `https://${host}`)
  for (const host of ['a b', 'a:port', 'a:123456', '', 'é.example', '[::1', 'a%20b'])
    t.equal(shown(`https://${host}`), 'https://***', host)
})

t.test('a path is shown where it holds no secret, and a slash alone says nothing', async (t) => {
  t.equal(shown('https://a.example/'), 'https://a.example/')
  t.equal(shown('https://a.example/b'), 'https://a.example/***')
  t.equal(shown('s3://bucket/a/b c\u202e{DATE}'), 's3://bucket/a/bc{DATE}', 'without spaces and signs')
  t.equal(shown('new://host/a'), 'new://host/***')
  const datadog = 'datadog://http-intake.logs.datadoghq.eu'
  t.equal(shown(`${datadog}/v1/input`), `${datadog}/v1/input`)
  t.equal(shown(`${datadog}/v1/input/key`), `${datadog}/***`)
})

t.test('a parameter is shown where it is known to be plain, short and harmless', async (t) => {
  const region = (value: string) => shown(`s3://b/p?region=${value}`)
  for (const fine of ['us-east-1', 'a_b.c:/{x}', '', 'x'.repeat(64)])
    t.equal(region(fine), `s3://b/p?region=${fine}`)
  t.equal(region('a%2Fb'), 's3://b/p?region=a/b', 'decoded')
  for (const odd of ['x'.repeat(65), 'a%20b', '%ZZ', 'a+b']) t.equal(region(odd), 's3://b/p?region=***')
  t.equal(shown('s3://b/p?secret-access-key=x'), 's3://b/p?secret-access-key=***')
  t.equal(
    shown('splunk://h/p?insecure-skip-verify=true&channel=x'),
    'splunk://h/p?insecure-skip-verify=true&channel=***',
  )
})

t.test('of parameters that nobody knows not even the names are shown, however many', async (t) => {
  t.equal(shown('s3://b/p?canary=1&region=x&canary&=1'), 's3://b/p?region=x&***')
  t.equal(shown('s3://b/p?'), 's3://b/p')
  t.equal(shown('s3://b/p?&'), 's3://b/p?***')
  const name = 'a'.repeat(40)
  t.equal(shown(`https://h/p?header_${name}=x`), `https://h/***?header_${name}=***`)
  t.equal(shown(`https://h/p?header_${name}a=x`), 'https://h/***?***')
  t.equal(shown('https://h/p?header_=x'), 'https://h/***?***')
  t.equal(shown('https://h/p?header_X'), 'https://h/***?***')
})

t.test('a redacted text has at most 256 characters', async (t) => {
  const conf = (length: number) => `s3://b/${'x'.repeat(length - 7)}`
  t.equal(shown(conf(256)), conf(256))
  t.equal(shown(conf(257)), `${conf(255)}…`)
})

t.test('what is no address is masked as a whole, and its type is unknown', async (t) => {
  for (const conf of ['', 'canary', '://canary', '#s3://canary', '7://canary'])
    t.same(redactConf(conf), { type: 'unknown', redacted: '***' }, conf)
  t.same(redactConf('s3://b/p#canary#x'), { type: 's3', redacted: 's3://b/p' })
  t.equal(redactConf('new://b').type, 'new')
})
