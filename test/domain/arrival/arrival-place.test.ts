import t from 'tap'
import {
  type ArrivalPlace,
  arrivalKey,
  arrivalTitle,
  hasFiles,
  placeFor,
  readRight,
} from '../../../src/domain/arrival/arrival-place.ts'

const bucket: ArrivalPlace = { store: 'gcs', bucket: 'quay-logs', path: 'http/{DATE}' }
const index = {
  store: 'elastic',
  url: 'https://elastic.example:9200',
  index: 'cf-http',
  timeField: '@timestamp',
  query: null,
} as const

t.test('a place has files, or an index that holds the records', async (t) => {
  t.same([bucket, index].map(hasFiles), [true, false])
  t.same([bucket, index].map(arrivalTitle), [
    'gs://quay-logs/http/{DATE}',
    'https://elastic.example:9200/cf-http',
  ])
})

t.test('an index is told apart by all that chooses its records', async (t) => {
  t.equal(arrivalKey(bucket), 'gcs::quay-logs/http/{DATE}')
  t.equal(arrivalKey(index), 'elastic:https://elastic.example:9200/cf-http:@timestamp:')
  const edits = [{}, { url: 'x' }, { index: 'x' }, { timeField: 'x' }, { query: 'x' }]
  t.equal(new Set(edits.map((edit) => arrivalKey({ ...index, ...edit }))).size, edits.length)
})

t.test('files are looked for where a job pushes, records where the rule says', async (t) => {
  t.equal(placeFor({ kind: 'elastic', place: index, apiKeyFile: null }, bucket), index)
  t.equal(placeFor({ kind: 'gcs' }, bucket), bucket)
  t.equal(placeFor({ kind: 'gcs' }, null), null)
})

t.test('for each store the right to name is one that reads', async (t) => {
  for (const [store, right] of [
    ['s3', /^s3:ListBucket /],
    ['r2', /^s3:ListBucket /],
    ['gcs', /^storage\.objects\.list .*Viewer/],
    ['azure', /Data Reader.*sp with l/],
    ['elastic', /index privilege read$/],
  ] as const)
    t.match(readRight({ store }), right, store)
})
