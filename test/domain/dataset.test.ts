import t from 'tap'
import {
  attackTrafficDatasets,
  datasetScopes,
  knownDatasets,
  unfilterableFields,
} from '../../src/domain/dataset.ts'

t.test('a dataset exists in zones, in accounts or in both', async (t) => {
  t.same(datasetScopes('dns_logs'), ['zone'])
  t.same(datasetScopes('audit_logs'), ['account'])
  t.same(datasetScopes('firewall_events'), ['account', 'zone'])
})

t.test('of a dataset that Cloudflare added since, no scope is claimed', async (t) => {
  t.equal(datasetScopes('quantum_requests'), null)
  t.equal(datasetScopes(''), null)
})

t.test('every known dataset is listed once and has a scope', async (t) => {
  t.equal(new Set(knownDatasets).size, knownDatasets.length)
  for (const dataset of knownDatasets) t.ok(datasetScopes(dataset)?.length, dataset)
})

t.test('options that only some datasets take are of known datasets', async (t) => {
  for (const dataset of attackTrafficDatasets) t.ok(knownDatasets.includes(dataset), dataset)
  const limited = knownDatasets.filter((dataset) => unfilterableFields(dataset).length > 0)
  t.same(limited, ['firewall_events'])
  t.ok(unfilterableFields('firewall_events').includes('RuleID'))
})

t.test('a dataset is named as the API names it, and its fields as the logs do', async (t) => {
  t.equal(knownDatasets.length, 37)
  for (const dataset of knownDatasets) t.match(dataset, /^[a-z][a-z0-9_]+$/)
  t.equal(unfilterableFields('firewall_events').length, 8)
  for (const field of unfilterableFields('firewall_events')) t.match(field, /^[A-Z][A-Za-z]+$/)
  t.same(unfilterableFields('http_requests'), [])
  t.equal(attackTrafficDatasets.length, 3)
})
