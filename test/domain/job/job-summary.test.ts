import t from 'tap'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { aJob } from '../../support/exporter-core.ts'

function messageOf(destinationConf: string, error: string): string | undefined {
  const record = aJob('7', {
    destinationConf: new Secret(destinationConf),
    errorMessage: new Secret(error),
  })
  return summarise(record).failure?.message
}

t.test('a short password that the error repeats is masked, however it is written', async (t) => {
  const conf = 'https://logs.example.com/in?header_Authorization=ab%3Bde'
  t.equal(messageOf(conf, 'refused: ab;de'), 'refused: ***')
  t.equal(messageOf(conf, 'refused: ab%3Bde'), 'refused: ***')
  t.equal(messageOf('https://user:fiver@logs.example.com/in', 'no such user: fiver'), 'no such user: ***')
})

t.test('a credential behind a scheme word is masked wherever the error repeats it', async (t) => {
  const header = (value: string) => `https://logs.example.com/in?header_Authorization=${value}`
  const cases = {
    'Splunk%20s3cr3tTok9': 'Invalid s3cr3tTok9 for index',
    'Basic%20dXNlcjpwYXNz': 'Invalid dXNlcjpwYXNz for index',
    'Bearer%20tok1': 'Invalid tok1 for index',
    abc: 'Invalid YWJj for index',
  }
  for (const [value, error] of Object.entries(cases))
    t.equal(messageOf(header(value), error), 'Invalid *** for index')
  t.equal(messageOf(header('Basic%20dXNlcjpwYXNz'), 'no such password: pass'), 'no such password: ***')
})

t.test('a secret that is also part of what is shown is masked where it stands alone', async (t) => {
  const conf = 's3://quay-logs/http?region=us-east-1&secret-access-key=logs'
  t.equal(messageOf(conf, 'no access with logs to quaylogs'), 'no access with *** to quaylogs')
})

t.test('what is shown of the destination stays in the error', async (t) => {
  const conf = 's3://quay-logs/http?region=us-east-1&secret-access-key=canary'
  t.equal(messageOf(conf, 'quay-logs: no access with canary'), 'quay-logs: no access with ***')
})

t.test('a job without a name has an empty one', async (t) => {
  t.equal(summarise(aJob('7', { name: null })).name, '')
})

t.test('what a job says of itself is kept, and where it pushes to without its secrets', async (t) => {
  const conf = 'azure://quay.blob.core.windows.net/logs/http?se=2032-01-01&sig=canary'
  const record = aJob('7', {
    kind: 'edge',
    enabled: false,
    lastComplete: 1,
    lastError: 2,
    maxUploadIntervalSeconds: 30,
    destinationConf: new Secret(conf),
  })
  t.same(summarise(record), {
    id: '7',
    name: 'job 7',
    dataset: 'http_requests',
    kind: 'edge',
    enabled: false,
    destinationType: 'azure',
    destination: 'azure://quay.blob.core.windows.net/logs/http?***',
    place: { store: 'azure', account: 'quay', bucket: 'logs', path: 'http' },
    destinationExpiry: Date.UTC(2032, 0, 1),
    lastComplete: 1,
    lastError: 2,
    failure: null,
    maxUploadIntervalSeconds: 30,
  })
})

t.test('an error has a reason and a text, and an empty text is one too', async (t) => {
  const failure = (text: string) => summarise(aJob('7', { errorMessage: new Secret(text) })).failure
  t.same(failure('access denied'), { reason: 'auth', message: 'access denied' })
  t.same(failure(''), { reason: 'other', message: '' })
})
