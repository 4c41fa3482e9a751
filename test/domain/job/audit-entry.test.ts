import t from 'tap'
import { type Actor, actorText } from '../../../src/domain/job/audit-entry.ts'

const nobody: Actor = { type: null, id: null, email: null, context: null, tokenId: null, tokenName: null }
const user: Actor = { ...nobody, type: 'user', id: 'u1', email: 'sre@quay.example' }

t.test('an actor is named as people know it, or by ids alone', async (t) => {
  const cases: readonly (readonly [Partial<Actor>, email: string, id: string])[] = [
    [user, 'sre@quay.example', 'user u1'],
    [{ ...user, context: 'dash' }, 'sre@quay.example (dashboard)', 'user u1 (dashboard)'],
    [
      { ...user, context: 'api_token', tokenId: 't1', tokenName: 'terraform' },
      'token "terraform" of sre@quay.example',
      'token t1 of user u1',
    ],
    [
      { type: 'account', id: 'a1', context: 'api_token', tokenId: 't1', tokenName: 'pipeline' },
      'token "pipeline"',
      'token t1',
    ],
    [{ type: 'account', id: 'a1' }, 'account a1', 'account a1'],
    [{ type: 'user', tokenName: 'terraform' }, 'token "terraform"', 'somebody'],
    [{ type: 'system' }, 'Cloudflare', 'Cloudflare'],
    [{ ...user, type: 'cloudflare_admin' }, 'Cloudflare', 'Cloudflare'],
    [{ type: 'delegated_service', id: 'd1' }, 'Cloudflare', 'Cloudflare'],
    [{ type: 'account', id: 'a1', tokenId: '' }, 'token ', 'token '],
    [{ id: 'u1' }, 'user u1', 'user u1'],
    [{ tokenId: 't1' }, 'token t1', 'token t1'],
    [{ context: 'dash' }, 'somebody (dashboard)', 'somebody (dashboard)'],
    [{ ...user, context: 'api' }, 'sre@quay.example', 'user u1'],
    [{}, 'somebody', 'somebody'],
  ]
  for (const [edit, email, id] of cases) {
    const actor = { ...nobody, ...edit }
    t.equal(actorText(actor, 'email'), email)
    t.equal(actorText(actor, 'id'), id)
  }
})

t.test('a name stays on one line, in its direction, and short', async (t) => {
  const named = (tokenName: string): string => actorText({ ...nobody, tokenName }, 'email')
  t.equal(named('a\nb\u202ec\u0000d'), 'token "a b c d"')
  t.equal(named('x'.repeat(5_000)), `token "${'x'.repeat(100)}…"`)
})

t.test('a name of a hundred characters is shown whole, wherever it stands', async (t) => {
  const [fits, long] = ['x'.repeat(100), 'x'.repeat(101)]
  const name = (edit: Partial<Actor>): string => actorText({ ...nobody, ...edit }, 'email')
  t.equal(name({ tokenName: fits }), `token "${fits}"`)
  t.equal(name({ tokenName: long }), `token "${fits}…"`)
  t.equal(name({ tokenId: long }), `token ${fits}…`)
  t.equal(name({ email: long }), `${fits}…`)
  t.equal(name({ email: long, tokenId: 't' }), `token t of ${fits}…`)
})
