import t from 'tap'
import { hiddenValues } from '../../../src/domain/destination/hidden-values.ts'

t.test('what the redacted destination leaves out is named, and what it shows is not', async (t) => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    's3://quay-logs/http?region=us-east-1&secret-access-key=us': ['us'],
    'https://logs.example.com/in?header_Authorization=ab%3Bde': ['ab%3Bde'],
    'https://user:pw@logs.example.com/in': ['pw'],
    'https://someone:pw@logs.example.com/in': ['pw', 'someone', 'someone'],
    'sumo://endpoint1.collection.sumologic.com/receiver/v1/http/s3cr3t': ['receiver', 's3cr3t'],
    'https://logs.example.com/x?tok': ['tok'],
    'splunk://s.example:8088/services/collector/raw?channel=c&header_Authorization=Splunk%20abc': [
      'c',
      'Splunk%20abc',
    ],
    's3://quay-logs/http': [],
    'https://logs.example.com/four/fiver': ['fiver'],
    'https://fiver:p@logs.example.com': ['p', 'fiver', 'fiver'],
    'https://four:p@logs.example.com': ['p'],
    'https://alone@logs.example.com': ['alone', 'alone'],
    'https://logs.example.com/in?a=1=2&b=&c': ['1=2', 'c'],
    'https://logs.example.com/in?': [],
    's3://b?region=x&region=y': [],
  }
  for (const [conf, hidden] of Object.entries(cases)) t.same(hiddenValues(conf), hidden, conf)
})

t.test('a text that is no destination is hidden as far as it goes', async (t) => {
  t.same(hiddenValues('canary'), ['canary'])
  t.same(hiddenValues(''), [])
})
