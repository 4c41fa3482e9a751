import t from 'tap'
import {
  type DestinationKind,
  destinationKindNames,
  kindSpec,
} from '../../../src/domain/destination/kinds.ts'

/** What is wrong with a kind's fields when these are given. */
const wrongOf = (kind: DestinationKind, given: readonly string[]) =>
  kindSpec(kind).together?.((field) => given.includes(field)) ?? []

const expects = (kind: DestinationKind, field: string, value: string) =>
  kindSpec(kind).fields[field]?.expects?.(value) ?? null

t.test('a key needs the other one beside it', async (t) => {
  for (const kind of ['s3', 'kinesis'] as const) {
    t.match(wrongOf(kind, ['access_key_id']), [/^access_key_id needs secret_access_key/], kind)
    t.match(
      wrongOf(kind, ['secret_access_key', 'role_arn']),
      [/^secret_access_key needs access_key_id/],
      kind,
    )
    t.same(wrongOf(kind, ['access_key_id', 'secret_access_key']), [], kind)
  }
  t.same(wrongOf('s3', []), [], 'Cloudflare writes to a bucket of Amazon with its own user')
})

t.test('Kinesis takes either a role or keys, and an external id only with the role', async (t) => {
  const either = 'expected either role_arn, or access_key_id and secret_access_key'
  const keys = ['access_key_id', 'secret_access_key']
  t.same(wrongOf('kinesis', ['role_arn']), [])
  t.same(wrongOf('kinesis', ['role_arn', 'external_id']), [])
  t.same(wrongOf('kinesis', keys), [])
  t.same(wrongOf('kinesis', []), [either])
  t.same(wrongOf('kinesis', ['role_arn', ...keys]), [either])
  t.same(wrongOf('kinesis', ['external_id', ...keys]), ['external_id needs role_arn beside it'])
})

t.test('a shared access signature is signed, and for objects only', async (t) => {
  const sas = (text: string) => expects('azure', 'sas', text)
  t.equal(sas('sv=2024-11-04&srt=o&sig=x'), null)
  t.equal(sas('sig=x&sv=2024-11-04'), null, 'one of a container names no types')
  t.match(sas('sv=2024-11-04&srt=o'), /such as sv=…&sig=…/)
  t.match(sas('sv=2024-11-04&design=x'), /such as sv=…&sig=…/)
  t.match(sas('srt=co&sig=x'), /for objects only/)
})

t.test('a region is one of Amazon where Cloudflare can write', async (t) => {
  const region = (text: string) => expects('s3', 'region', text)
  for (const fine of ['us-east-1', 'ap-southeast-12', 'mx-central-1']) t.equal(region(fine), null, fine)
  for (const wrong of ['', 'auto', 'us-east', 'US-EAST-1', 'us-east-1a', 'us-east-123'])
    t.match(region(wrong), /such as us-east-1/, wrong)
  t.match(region('cn-north-1'), /outside China/)
  t.match(region('us-gov-west-1'), /only reached as s3_compatible/)
})

t.test('the account of an R2 bucket has 32 hexadecimal digits', async (t) => {
  const id = (text: string) => expects('r2', 'account_id', text)
  t.equal(id('0123456789abcdef'.repeat(2)), null)
  for (const wrong of ['', 'a'.repeat(31), 'a'.repeat(33), 'A'.repeat(32), 'g'.repeat(32)])
    t.equal(id(wrong), 'an account id of 32 hexadecimal digits', wrong)
  t.equal(expects('s3', 'sse', 'AES256'), null)
  t.equal(expects('s3', 'sse', 'aws:kms'), 'AES256')
})

t.test('every kind that keeps objects tells which right to grant', async (t) => {
  const grants = destinationKindNames.flatMap((kind) => {
    const { objects } = kindSpec(kind)
    return objects === undefined ? [] : [[kind, objects.grant] as const]
  })
  t.same(new Set(grants.map(([kind]) => kind)), new Set(['s3', 's3_compatible', 'r2', 'gcs', 'azure']))
  for (const [kind, grant] of grants) t.match(grant, /PutObject|Storage Object Admin|srt=o|credentials/, kind)
})

t.test('the host of S3 compatible storage has no scheme and no path', async (t) => {
  const endpoint = (text: string) => expects('s3_compatible', 'endpoint', text)
  for (const fine of ['minio.example', 'minio.example:9000', 'minio']) t.equal(endpoint(fine), null, fine)
  for (const wrong of ['', 'https://minio.example', 'minio.example/', 'minio.example:', 'a b'])
    t.equal(endpoint(wrong), 'a host name without https:// and path', wrong)
})

t.test(
  'a signature names objects wherever its types stand, and is signed wherever the signature does',
  async (t) => {
    const sas = (text: string) => expects('azure', 'sas', text)
    for (const fine of ['?sig=x&srt=o', 'srt=o&sig=x', 'sig=', 'a=1&sig=x&dsrt=c'])
      t.equal(sas(fine), null, fine)
    for (const wide of ['?srt=c&sig=x', 'sig=x&srt=', 'sig=x&srt=oo', 'sig=x&srt=o%20'])
      t.equal(sas(wide), 'a shared access signature for objects only (srt=o)', wide)
    for (const none of ['', 'srt=o', 'sigx=1', 'asig=1'])
      t.equal(sas(none), 'a shared access signature such as sv=…&sig=…', none)
  },
)

t.test('stores that Cloudflare itself may write to name the user or the role that is let in', async (t) => {
  const grant = (kind: DestinationKind) => kindSpec(kind).objects?.grant
  t.match(grant('s3'), /391854517948:user\/cloudflare-logpush to s3:PutObject/)
  t.match(grant('s3_compatible'), /s3:PutObject/)
  t.match(grant('gcs'), /logpush@cloudflare-data\.iam\.gserviceaccount\.com/)
  t.match(grant('azure'), /srt=o, sp with w/)
  t.match(grant('r2'), /its credentials/)
})
