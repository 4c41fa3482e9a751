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
