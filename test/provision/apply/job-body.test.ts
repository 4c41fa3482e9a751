import t from 'tap'
import { createJobBody } from '../../../src/provision/apply/job-body.ts'
import { outputForm } from '../../../src/provision/resource/output-form.ts'
import { aJob, zone } from '../../support/provision-values.ts'

t.test('a new job is sent with what it has, and nothing empty', async (t) => {
  const bare = aJob({ scope: zone, output: outputForm(null, {}) }).resource
  const always = ['name', 'dataset', 'enabled', 'destinationConf']
  t.same(Object.keys(createJobBody(bare)), always)
  const { name, dataset, enabled, destinationConf, ...more } = createJobBody({
    ...bare,
    jobKind: 'edge',
    filter: { where: { key: 'ClientIP' } },
    filterAttackTraffic: true,
    upload: { bytes: 5_000_000, records: 1_000, intervalSeconds: 30 },
    transformerId: 7,
  })
  t.same(more, {
    kind: 'edge',
    filter: '{"where":{"key":"ClientIP"}}',
    filterAttackTraffic: true,
    maxUploadBytes: 5_000_000,
    maxUploadRecords: 1_000,
    maxUploadIntervalSeconds: 30,
    transformerId: 7,
  })
})
