import t from 'tap'
import { createTransport } from '../../src/cloudflare/transport.ts'
import { Secret } from '../../src/domain/secret.ts'
import { InternalError, UserError } from '../../src/errors.ts'
import { clientDeps, failureOf, options } from '../support/cloudflare-clients.ts'

const listJobs = { operation: 'list_jobs' } as const

t.test('a bug of ours is not told as a failure of the API, and is observed all the same', async (t) => {
  const deps = clientDeps('http://127.0.0.1:9/client/v4')
  const transport = createTransport(deps)
  await t.rejects(
    transport(listJobs, options, async () => {
      throw new InternalError('a case that cannot be')
    }),
    new InternalError('a case that cannot be'),
  )
  await t.rejects(
    transport(listJobs, options, async ({ answer }) => answer()),
    InternalError,
  )
  t.equal(deps.exchanges.length, 2)
})

t.test('an answer that may have no body is read as one without', async (t) => {
  for (const status of [204, 205, 304]) {
    const deps = clientDeps('http://api.example/client/v4', {
      fetch: async () => new Response(null, { status, headers: { 'content-type': 'text/plain' } }),
    })
    const seen = await createTransport(deps)(listJobs, options, async ({ fetch, answer }) => {
      const response = await fetch('http://api.example/client/v4/x')
      return [response.status, response.body, answer().status, answer().text]
    })
    t.same(seen, [status, null, status, ''])
  }
})

t.test('a request that was given up is never sent', async (t) => {
  const deps = clientDeps('http://api.example/client/v4')
  const failure = await failureOf(
    createTransport(deps)(listJobs, { signal: AbortSignal.abort() }, async () => t.fail('it ran')),
  )
  t.equal(failure.kind, 'aborted')
  t.same(deps.exchanges, [])
})

t.test(
  'a token that cannot be had or sent fails the call before anything is sent, and is not shown',
  async (t) => {
    for (const [token, message] of [
      [
        async () => {
          throw new UserError('no such file')
        },
        'cannot list jobs: the API token cannot be read: no such file',
      ],
      [
        async () => {
          throw new Error('canary')
        },
        'cannot list jobs: the API token cannot be read',
      ],
      ...['', 'can ary', 'canary\n', 'canarÿ'].map(
        (text) =>
          [
            async () => new Secret(text),
            'cannot list jobs: the API token is empty or contains spaces or line breaks',
          ] as const,
      ),
    ] as const) {
      const deps = { ...clientDeps('http://api.example/client/v4'), token }
      const failure = await failureOf(
        createTransport(deps)(listJobs, options, async ({ fetch }) =>
          fetch('http://api.example/client/v4/x'),
        ),
      )
      t.same([failure.kind, failure.message], ['auth', message])
    }
  },
)
