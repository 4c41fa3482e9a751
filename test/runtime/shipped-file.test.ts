import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { shippedPath } from '../../src/runtime/shipped-file.ts'

t.test('a shipped file lies below the folder of package.json', async (t) => {
  t.equal(shippedPath('alerts/runbooks'), resolve('alerts/runbooks'))
  t.ok(existsSync(shippedPath('alerts/cloudflare-logpush.rules.yaml')))
})
