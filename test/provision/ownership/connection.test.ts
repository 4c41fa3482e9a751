import t from 'tap'
import { completeConnection, startConnection } from '../../../src/provision/ownership/pagerduty.ts'
import { aCaller } from '../../support/callers.ts'
import { failure } from '../../support/exporter-core.ts'

const known = { id: 'k'.repeat(32), name: 'Another team' }
const added = { id: 'n'.repeat(32), name: 'SRE primary' }

/** An account with one service; the consent adds another when the connection is completed, or before. */
function account(consent: 'in the dashboard' | 'at completion' | 'not yet') {
  const services = [known]
  const calls: string[] = []
  const notifications = {
    listPagerDuty: async () => [...services],
    connectPagerDuty: async () => ({ token: 'integration-token' }),
    async completePagerDuty(_account: string, token: string) {
      calls.push(token)
      if (consent === 'not yet') throw failure('not_found')
      services.push(added)
    },
  }
  const consentInDashboard = () => {
    if (consent === 'in the dashboard') services.push(added)
  }
  return { deps: { notifications, call: aCaller() }, calls, consentInDashboard }
}

t.test('only the service that is new is named, never one that was there before', async (t) => {
  const { deps, calls } = account('at completion')
  const started = await startConnection(deps, 'a')
  t.same(started, { accountId: 'a', token: 'integration-token', before: [known] })
  t.same(await completeConnection(deps, started), [added])
  t.same(calls, ['integration-token'])
})

t.test('what the dashboard has connected needs no completion', async (t) => {
  const { deps, calls, consentInDashboard } = account('in the dashboard')
  const started = await startConnection(deps, 'a')
  consentInDashboard()
  t.same(await completeConnection(deps, started), [added])
  t.same(calls, [])
})

t.test('without a consent nothing is new, and nothing that was there is taken for it', async (t) => {
  const { deps } = account('not yet')
  const started = await startConnection(deps, 'a')
  t.same(await completeConnection(deps, started), [])
  t.same(await completeConnection(deps, { ...started, before: null }), [])
})

t.test('who does not know what was there before is told of all', async (t) => {
  const { deps } = account('at completion')
  const started = await startConnection(deps, 'a')
  t.same(await completeConnection(deps, { ...started, before: null }), [known, added])
})
