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

t.test('what is shown of the destination stays in the error', async (t) => {
  const conf = 's3://quay-logs/http?region=us-east-1&secret-access-key=canary'
  t.equal(messageOf(conf, 'quay-logs: no access with canary'), 'quay-logs: no access with ***')
})
