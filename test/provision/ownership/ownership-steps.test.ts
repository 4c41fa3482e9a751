import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import {
  stepLines,
  stepsJson,
  type WrittenChallenge,
} from '../../../src/provision/ownership/ownership-steps.ts'
import { account, zone } from '../../support/provision-values.ts'

/* What a person has to do by hand once Cloudflare has written its challenges. */

const s3: WrittenChallenge = {
  need: {
    scope: account,
    destinationConf: new Secret('s3://quay-logs/in/{DATE}?region=us-east-1'),
    jobs: ['sre-http', 'sre-dns'],
  },
  filename: 'in/challenge-1.txt',
}
const gcs: WrittenChallenge = {
  need: { scope: zone, destinationConf: new Secret('gs://quay-logs/dns'), jobs: ['sre-fw'] },
  filename: 'dns/challenge-2.txt',
}
const sumo: WrittenChallenge = {
  need: {
    scope: account,
    destinationConf: new Secret('sumo://endpoint1.collection.us2.sumologic.com/receiver/v1/http/canary'),
    jobs: ['sre-sumo'],
  },
  filename: 'canary-name',
}
const known = { ...gcs, filename: null }
const options = { manifestFlags: '-f m.yaml', lasting: true }
const validity =
  'A token is valid for 7 days, and only for this exact destination string in this account or zone.'

t.test('one challenge: where it is, how it is read, and what then', async (t) => {
  t.same(stepLines([s3], options), [
    's3://quay-logs/in/{DATE}?region=us-east-1 in account Quay, for sre-http, sre-dns',
    '  Cloudflare wrote the challenge to s3://quay-logs/in/challenge-1.txt',
    '  Read it with your own credentials, for example:',
    '    aws s3 cp "s3://quay-logs/in/challenge-1.txt" challenge.txt',
    '',
    'Then confirm it and apply:',
    '  logpush-exporter provision ownership confirm -f m.yaml --token-file challenge.txt',
    'Or write into the job: ownership: { token: "$' + '{file:PATH}" }',
    validity,
  ])
})

t.test('several challenges are numbered, and what is known already is not among them', async (t) => {
  const lines = stepLines([known, s3, sumo, { ...gcs }], options)
  t.same(lines.slice(0, 3), [
    'gs://quay-logs/dns in zone quay.example, for sre-fw',
    '  The token is known; apply will use it.',
    '',
  ])
  t.same(
    lines.filter((line) => line.includes('challenge-')),
    [
      '  Cloudflare wrote the challenge to s3://quay-logs/in/challenge-1.txt',
      '    aws s3 cp "s3://quay-logs/in/challenge-1.txt" challenge-1.txt',
      '  Find it at the destination (in Sumo Logic: Live Tail of the source) and put the token into challenge-2.txt.',
      '  Cloudflare wrote the challenge to gs://quay-logs/dns/challenge-2.txt',
      '    gcloud storage cp "gs://quay-logs/dns/challenge-2.txt" challenge-3.txt',
      '  logpush-exporter provision ownership confirm -f m.yaml --token-file challenge-1.txt --token-file challenge-2.txt --token-file challenge-3.txt',
    ],
  )
})

t.test('where nothing is remembered the token goes into the manifest', async (t) => {
  t.same(stepLines([s3, known], { ...options, lasting: false }).slice(-2), [
    'Then, since --cache-folder is off, write into the job: ownership: { token: "$' + '{file:PATH}" }',
    validity,
  ])
})

t.test('where all tokens are known nothing is left to do', async (t) => {
  t.same(stepLines([known], options), [
    'gs://quay-logs/dns in zone quay.example, for sre-fw',
    '  The token is known; apply will use it.',
    '',
  ])
  t.same(stepLines([], options), [])
})

t.test('a log line has no place that can be named, and no name that may be shown', async (t) => {
  const lines = stepLines([sumo], options)
  t.same(lines.slice(1, 4), [
    '  Cloudflare wrote the challenge as a log line.',
    '  Find it at the destination (in Sumo Logic: Live Tail of the source) and put the token into challenge.txt.',
    '',
  ])
  t.notMatch([...lines, stepsJson([sumo])].join('\n'), 'canary')
})

t.test('the same as JSON', async (t) => {
  const text = stepsJson([s3, known, sumo])
  t.match(text, /^\[\n {2}\{\n {4}"destination"/, 'indented for people')
  t.strictSame(JSON.parse(text), [
    {
      destination: 's3://quay-logs/in/{DATE}?region=us-east-1',
      scope: { kind: 'account', id: account.id, name: 'Quay' },
      jobs: ['sre-http', 'sre-dns'],
      state: 'requested',
      filename: 'in/challenge-1.txt',
      location: 's3://quay-logs/in/challenge-1.txt',
    },
    {
      destination: 'gs://quay-logs/dns',
      scope: { kind: 'zone', id: zone.id, name: 'quay.example' },
      jobs: ['sre-fw'],
      state: 'known',
      filename: null,
      location: null,
    },
    {
      destination: 'sumo://endpoint1.collection.us2.sumologic.com/***',
      scope: { kind: 'account', id: account.id, name: 'Quay' },
      jobs: ['sre-sumo'],
      state: 'requested',
      filename: null,
      location: null,
    },
  ])
})
