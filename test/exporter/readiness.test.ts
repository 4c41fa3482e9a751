import t from 'tap'
import { createReadinessGate } from '../../src/exporter/readiness.ts'

t.test('the first step that is not done is the one that is waited for', async (t) => {
  const gate = createReadinessGate(['discovery', 'inventory', 'health'])
  t.same(gate.progress(), { stopping: false, waitingFor: 'discovery' })
  gate.done('inventory')
  t.equal(gate.progress().waitingFor, 'discovery')
  gate.done('discovery')
  t.equal(gate.progress().waitingFor, 'health')
  gate.done('health')
  gate.done('health')
  t.same(gate.progress(), { stopping: false, waitingFor: null })
})

t.test('who waits for a step goes on when it is done, and at once where there is no such step', async (t) => {
  const gate = createReadinessGate(['discovery', 'health'])
  const passed: string[] = []
  const waits = ['discovery', 'health', 'other'].map((step) => gate.after(step).then(() => passed.push(step)))
  await waits[2]
  t.same(passed, ['other'])
  gate.done('discovery')
  await waits[0]
  t.same(passed, ['other', 'discovery'])
  await gate.after('discovery')
})

t.test('stopping is told beside what is waited for', async (t) => {
  const gate = createReadinessGate(['discovery'])
  gate.stopping()
  t.same(gate.progress(), { stopping: true, waitingFor: 'discovery' })
})
