import t from 'tap'
import {
  buildDestination,
  destinationFields,
  parseDestination,
} from '../../../src/domain/destination/destination.ts'
import { Secret } from '../../../src/domain/secret.ts'

const s = (text: string) => new Secret(text)
const splunk = {
  kind: 'splunk',
  host: 'h.example',
  path: 'p',
  channel: s('c'),
  insecure_skip_verify: true,
  sourcetype: 's',
  token: s('t'),
} as const
const bigquery = { kind: 'bigquery', project: 'p', dataset: 'd', table: 't' } as const

t.test('a shared access signature is taken with its question mark or without', async (t) => {
  const azure = { kind: 'azure', account: 'a', container: 'c', path: '' } as const
  for (const sas of ['?sv=1&sig=x', 'sv=1&sig=x'])
    t.equal(
      buildDestination({ ...azure, sas: s(sas) }).reveal(),
      'azure://a.blob.core.windows.net/c?sv=1&sig=x',
    )
})

t.test('credentials of Google that are no JSON stay as they are', async (t) => {
  const sent = (text: string) =>
    new URL(buildDestination({ ...bigquery, credentials: s(text) }).reveal()).searchParams.get('credentials')
  t.equal(sent('base64:e30='), 'base64:e30=')
  t.equal(sent('url:x{}'), 'url:x{}')
  t.equal(sent(' {}'), `base64:${btoa(' {}')}`)
})

t.test('a flag is true or false, and anything else is not understood', async (t) => {
  const conf = buildDestination(splunk).reveal()
  t.match(conf, /insecure-skip-verify=true/)
  const parsed = (flag: string) => parseDestination(conf.replace('verify=true', `verify=${flag}`))
  t.match(parsed('true'), { kind: 'splunk', insecure_skip_verify: true })
  t.match(parsed('false'), { kind: 'splunk', insecure_skip_verify: false })
  for (const odd of ['TRUE', '1', '']) t.match(parsed(odd), { kind: 'url' }, odd)
})

t.test('what stands before a token is no part of it', async (t) => {
  const parsed = parseDestination(buildDestination(splunk).reveal())
  t.equal(parsed.kind === 'splunk' && parsed.token.reveal(), 't')
})

t.test('headers and parameters are told apart, and one that is empty is kept', async (t) => {
  const conf = 'https://a.example/in?header_A=1&b=2&header_=3&c='
  const parsed = parseDestination(conf)
  if (parsed.kind !== 'http') throw new Error(`read as ${parsed.kind}`)
  const texts = (of: Readonly<Record<string, Secret>>) =>
    Object.entries(of).map(([name, value]) => `${name}=${value.reveal()}`)
  t.same(texts(parsed.headers), ['A=1', '=3'])
  t.same(texts(parsed.params), ['b=2', 'c='])
})

t.test('a destination without parameters has no question mark', async (t) => {
  t.equal(buildDestination({ kind: 'gcs', bucket: 'b', path: '' }).reveal(), 'gs://b')
  const http = { kind: 'http', url: s('https://a.example'), headers: {}, params: {} } as const
  t.equal(buildDestination(http).reveal(), 'https://a.example')
})

t.test('fields come in the order of the table, and only those that are given', async (t) => {
  const given = { sse: 'AES256', region: 'us-east-1', path: '', bucket: 'b' }
  t.same([...destinationFields({ kind: 's3', ...given }).keys()], ['bucket', 'path', 'region', 'sse'])
  t.equal(destinationFields({ kind: 'url', conf: s('x') }).size, 0)
  t.equal(destinationFields(splunk).get('insecure_skip_verify'), true)
})
