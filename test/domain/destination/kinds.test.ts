import t from 'tap'
import {
  type DestinationKind,
  destinationKindNames,
  isDestinationKind,
  kindSpec,
} from '../../../src/domain/destination/kinds.ts'

const titles: Readonly<Record<DestinationKind, string>> = {
  r2: 'Cloudflare R2',
  s3: 'Amazon S3',
  s3_compatible: 'S3 compatible storage',
  gcs: 'Google Cloud Storage',
  azure: 'Azure Blob Storage',
  bigquery: 'Google BigQuery',
  kinesis: 'Amazon Kinesis Data Streams',
  sumo_logic: 'Sumo Logic',
  splunk: 'Splunk',
  datadog: 'Datadog',
  new_relic: 'New Relic',
  elastic: 'Elastic',
  http: 'HTTP',
  ibm_cloud_logs: 'IBM Cloud Logs',
  sentinelone: 'SentinelOne',
}

t.test('each kind is called what Cloudflare calls it', async (t) => {
  for (const kind of destinationKindNames) t.equal(kindSpec(kind).title, titles[kind])
})

t.test('a kind is one of the table, and no inherited name', async (t) => {
  for (const kind of destinationKindNames) t.ok(isDestinationKind(kind), kind)
  for (const name of ['url', 'toString', '']) t.notOk(isDestinationKind(name), name)
})

t.test('Cloudflare asks for proof of these kinds, and of Amazon S3 where no keys are given', async (t) => {
  const asking = (challenge: string) =>
    destinationKindNames.filter((kind) => kindSpec(kind).challenge === challenge)
  t.same(asking('always'), ['gcs', 'azure', 'sumo_logic'])
  t.same(asking('without keys'), ['s3'])
})

t.test('the whole path is secret only where the kind puts a secret into it', async (t) => {
  const secret = destinationKindNames.filter((kind) => !kindSpec(kind).pathIsPublic)
  t.same(secret, ['sumo_logic', 'elastic', 'http'])
})

t.test('only paths of stores have a folder for each day, and may be left out', async (t) => {
  const dated = destinationKindNames.filter((kind) => kindSpec(kind).fields.path?.dated === true)
  t.same(dated, ['r2', 's3', 's3_compatible', 'gcs', 'azure'])
  for (const kind of dated) t.match(kindSpec(kind).fields.path, { fallback: '', implied: true }, kind)
})

t.test('limits of their own have these kinds', async (t) => {
  const limits = destinationKindNames.flatMap((kind) => {
    const { limits: own } = kindSpec(kind)
    return own === undefined ? [] : [[kind, own] as const]
  })
  t.same(Object.fromEntries(limits), {
    bigquery: { bytes: { min: 1, max: 10_000_000 }, records: { min: 1, max: 50_000 } },
    datadog: { bytes: 'fixed', records: 'fixed', intervalSeconds: 'fixed' },
    new_relic: { bytes: { min: 1, max: 5_000_000 } },
    ibm_cloud_logs: { bytes: { min: 1, max: 2_000_000 } },
  })
})
