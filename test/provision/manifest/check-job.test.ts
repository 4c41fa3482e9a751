import t from 'tap'
import { readManifest } from '../../../src/provision/manifest/manifest.ts'
import { readYaml } from '../../../src/settings/yaml-text.ts'

/* What is said of one job beside the schema; a job that is right has nothing said of it. */

const whole = {
  name: 'sre-http',
  zone: 'quay.example',
  dataset: 'http_requests',
  destination: { gcs: { bucket: 'b' } },
}

/** What is said of the job with these keys, `undefined` for one that is left out. */
function said(edit: Readonly<Record<string, unknown>>): readonly string[] {
  const account = { id: '0123456789abcdef0123456789abcdef' }
  const text = JSON.stringify({ version: 1, account, jobs: [{ ...whole, ...edit }] })
  const read = readManifest([{ file: 'm.yaml', text }], readYaml)
  return (read.ok ? read.warnings : read.problems).map(
    ({ level, message }) => `${level}: ${message.replace(/^jobs\[0\]\.?/, '')}`,
  )
}

function holds(
  t: { same(a: unknown, b: unknown, message: string): boolean },
  rows: readonly (readonly [object, readonly string[]])[],
): void {
  for (const [edit, expected] of rows) t.same(said({ ...edit }), expected, JSON.stringify(edit))
}

t.test('a transformer is given once, and reads ndjson alone', async (t) => {
  const csv = { output: { output_type: 'csv' } }
  const both = ['error: : expected either transformer or transformer_id, found both']
  const refusal = ['warning: output.output_type: expected ndjson: transformers read nothing else']
  holds(t, [
    [csv, []],
    [{ transformer: 'a' }, []],
    [{ transformer_id: 1 }, []],
    [{ transformer: 'a', ...csv }, refusal],
    [{ transformer_id: 1, ...csv }, refusal],
    [{ transformer_id: 1, output: { output_type: 'ndjson' } }, []],
    [{ transformer: 'a', transformer_id: 1 }, both],
  ])
})

t.test('a list of fields has at least one, each once', async (t) => {
  holds(t, [
    [{ output: { fields: ['RayID', 'ClientIP'] } }, []],
    [{ output: { fields: 'all' } }, []],
    [{ output: { fields: [] } }, ['error: output.fields: expected at least one field, found none']],
    [
      { output: { fields: ['RayID', 'ClientIP', 'RayID'] } },
      ['error: output.fields[2]: "RayID" is listed twice'],
    ],
  ])
})

t.test('a delimiter of fields is of no use beside a template of records', async (t) => {
  const ignored = ['warning: output.field_delimiter: is ignored with a record_template']
  holds(t, [
    [{ output: { field_delimiter: ';' } }, []],
    [{ output: { record_template: '{{.RayID}}' } }, []],
    [{ output: { record_template: '{{.RayID}}', field_delimiter: ';' } }, ignored],
  ])
})

t.test('a dataset belongs to an account or a zone, and some options to one dataset', async (t) => {
  const inAccount = { zone: undefined, scope: 'account' }
  const all = { zone: undefined, zones: 'all' }
  const audit = { ...inAccount, dataset: 'audit_logs_v2' }
  const wrong = 'warning: dataset: audit_logs_v2 is a dataset of the account, not of the zone'
  const edge = 'warning: kind: edge is only for http_requests of a zone'
  const merge = 'warning: output.merge_subrequests: is only for http_requests of a zone'
  holds(t, [
    [audit, []],
    [all, []],
    [{ dataset: 'audit_logs_v2' }, [wrong]],
    [{ ...all, dataset: 'audit_logs_v2' }, [wrong]],
    [inAccount, ['warning: dataset: http_requests is a dataset of the zone, not of the account']],
    [{ kind: 'edge' }, []],
    [{ ...all, kind: 'edge' }, []],
    [{ ...audit, kind: 'edge' }, [edge]],
    [{ dataset: 'dns_logs', kind: 'edge' }, [edge]],
    [{ output: { merge_subrequests: true } }, []],
    [{ dataset: 'dns_logs', output: { merge_subrequests: false } }, []],
    [{ dataset: 'dns_logs', output: { merge_subrequests: true } }, [merge]],
    [{ dataset: 'firewall_events', filter_attack_traffic: false }, []],
  ])
})

t.test('a proof of ownership is said in one way, and only where Cloudflare asks for it', async (t) => {
  const keys = { access_key_id: '${' + 'env:ID}', secret_access_key: '${' + 'env:KEY}' }
  const s3 = (more: object = {}) => ({ destination: { s3: { bucket: 'b', region: 'us-east-1', ...more } } })
  const token = { token: '${' + 'env:TOKEN}' }
  const needless = (kind: string) =>
    `warning: ownership: is not needed: Cloudflare requires no proof of ownership for this ${kind} destination`
  const r2 = { destination: { r2: { bucket: 'b', account_id: 'a'.repeat(32), ...keys } } }
  const sumo = {
    destination: { sumo_logic: { host: 'h.sumologic.com', collector: '${' + 'env:PATH_OF_IT}' } },
  }
  holds(t, [
    [{ ...s3(), ownership: token }, []],
    [{ ownership: { read: 'gcs' } }, []],
    [{ ...s3(keys), ownership: token }, [needless('s3')]],
    [{ ...r2, ownership: token }, [needless('r2')]],
    [{ ...s3(), ownership: {} }, ['error: ownership: expected either read or token, found neither']],
    [
      { ...s3(), ownership: { ...token, read: 's3' } },
      ['error: ownership: expected either read or token, found both'],
    ],
    [{ ...sumo, ownership: token }, []],
  ])
})

t.test('zones are a list with something in it, or what to take and leave', async (t) => {
  const zones = (value: unknown) => ({ zone: undefined, zones: value })
  holds(t, [
    [zones('all'), []],
    [zones(['a.example']), []],
    [zones({ exclude: ['a.example'] }), []],
    [zones([]), ['error: zones: expected at least one zone, found none']],
    [zones({ include: [] }), ['error: zones.include: expected at least one zone, found none']],
    [zones({}), ['error: zones: expected include or exclude, found neither']],
    [
      { zones: 'all' },
      ['error: : expected one of "scope: account", "zone: NAME" or "zones: …", found zone and zones'],
    ],
    [
      { zone: undefined },
      ['error: : expected one of "scope: account", "zone: NAME" or "zones: …", found none of them'],
    ],
  ])
})
