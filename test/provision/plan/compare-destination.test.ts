import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { destinationDiff } from '../../../src/provision/plan/compare-destination.ts'

const diff = (wanted: string, live: string) =>
  destinationDiff(new Secret(wanted), new Secret(live)).map(({ path }) => path)

t.test('a live destination without its secret is the same; one without anything else is not', async (t) => {
  const account = `account-id=${'a'.repeat(32)}`
  const wanted = `r2://quay-logs/a?${account}&access-key-id=AKID&secret-access-key=canary`
  t.same(diff(wanted, `r2://quay-logs/a?access-key-id=AKID&${account}`), [])
  for (const other of [
    `r2://quay-logs/a?${account}`,
    'r2://quay-logs/a?access-key-id=AKID',
    `r2://quay-logs/a?access-key-id=OTHER&${account}`,
    `r2://quay-logs/a?access-key-id=AKID&${account}&more=1`,
    `r2://quay-logs/b?access-key-id=AKID&${account}`,
    `s3://quay-logs/a?access-key-id=AKID&${account}`,
  ])
    t.same(diff(wanted, other), ['destination'], other)
})

t.test('a placeholder for a secret is no difference', async (t) => {
  const s3 = (secret: string) => `s3://b?region=r&access-key-id=AKID&secret-access-key=${secret}`
  for (const mask of ['***', 'xxxx', 'XXXXXX', 'redacted', '[REDACTED]', '<redacted>'])
    t.same(diff(s3('canary'), s3(mask)), [], mask)
  for (const other of ['**', 'xxx', 'xredacted', 'other'])
    t.same(diff(s3('canary'), s3(other)), ['destination.secret_access_key'], other)
})

t.test(
  'headers are compared one by one; of those that only the live side has, not even the name',
  async (t) => {
    const http = (headers: string) => `https://logs.example.com/?${headers}`
    const both = http('header_Authorization=a&header_X-Team=b')
    t.same(diff(both, http('header_Authorization=old&header_X-Team=b')), [
      'destination.headers.Authorization',
    ])
    t.same(diff(both, http('header_Authorization=a')), ['destination.headers.X-Team'])
    t.same(diff(http('header_Authorization=a'), both), ['destination.headers'])
    t.same(diff(both, both), [])
  },
)
