import t from 'tap'
import { checkLines } from '../../../src/commands/check/check-text.ts'
import type { CheckReport } from '../../../src/commands/check/report-shape.ts'
import { goodReport, accountReport as scope } from '../../support/check-values.ts'

/* The report as a whole: its parts, and how it fits a terminal. */

const lines = (edit: Partial<CheckReport>, width?: number) => checkLines({ ...goodReport, ...edit }, width)

t.test('each part has its title, and they come in the order of their weight', async (t) => {
  const failed = { state: 'failed', message: 'no answer', count: null } as const
  const place = { scope: 'zone quay.io', job_id: '7', job: 'http', place: 's3://logs', reader: 's3' } as const
  const all = lines({
    accounts: failed,
    not_checked: 1,
    scopes: [{ ...scope, notifications: { ...failed, state: 'not_offered' }, zones_only: true }],
    unmatched: [{ setting: '--cloudflare.zones', entry: 'x', near: null }],
    grants: [{ permission: 'p', dashboard: 'd', level: 'zone', to: 't', needed: true, for: [] }],
    arrival: [{ ...place, state: 'failed', message: 'm', right: null, found: null, newest_file_end: null }],
    unreadable: [{ kind: 'job', scope: '', id: '7', name: null, field: 'name', left_out: false }],
    coverage: [{ account: 'Quay', dataset: 'http_requests', uncovered: ['a.example'] }],
  })
  t.strictSame(
    all.flatMap((one, index) => (all[index - 1] === '' ? [one.replace(/ {2,}.*/, '')] : [])),
    [
      'SCOPE',
      '1 more were not checked; select them with --cloudflare.accounts and --cloudflare.zones.',
      'These filters match nothing that the token sees:',
      'Grant these permissions to the token:',
      'JOB',
      'These destinations cannot be read:',
      'Granting permissions does not help here:',
      'These objects cannot be read in full; others are not affected:',
      'Other errors:',
      'Zones without a job in the manifest (select or exclude them under zones):',
      'Warnings:',
      'All required permissions are in place.',
    ],
  )
  t.ok(all.includes('  no answer: account Quay'))
  t.ok(all.includes('  no answer'), 'of the list of accounts')
})

t.test('a list that could not be read has no count', async (t) => {
  const list = (start: string, edit: Partial<CheckReport>) =>
    lines(edit)
      .find((one) => one.startsWith(start))
      ?.replace(/ {2,}/g, ' ')
  t.equal(
    list('Accounts', { accounts: { state: 'missing', message: 'x', count: null } }),
    'Accounts NOT PERMITTED',
  )
  t.equal(list('Zones', { zones: { state: 'failed', message: 'x', count: null } }), 'Zones FAILED')
})

t.test('twenty zones without a job are named', async (t) => {
  const said = (count: number) => {
    const uncovered = Array.from({ length: count }, (_, index) => `z${index}`)
    return lines({ coverage: [{ account: 'Quay', dataset: 'd', uncovered }] }).find((one) =>
      one.startsWith('  d '),
    )
  }
  t.match(said(20), /: z0, .*, z19$/)
  t.match(said(21), /, z19 and 1 more$/)
})

t.test('no line is wider than the terminal, however long a name is', async (t) => {
  const long = { ...scope, name: 'Quay and '.repeat(8).trim() }
  const folded = lines({ scopes: [long], grants: [] }, 40)
  t.ok(folded.every((one) => one.length <= 40))
  const grant = {
    permission: 'Logs Write',
    dashboard: '[x]',
    level: 'zone',
    to: 'list jobs',
    needed: true,
    for: [],
  }
  const [row = ''] = lines({ grants: [{ ...grant, level: 'zone' }] }).filter((one) =>
    one.includes('Logs Write'),
  )
  t.ok(lines({ grants: [{ ...grant, level: 'zone' }] }, row.length).includes(row), 'to the column')
  t.ok(lines({ grants: [{ ...grant, level: 'zone' }] }, 30).includes('    to list jobs'))
  t.notOk(lines({ grants: [{ ...grant, level: 'zone' }] }, row.length - 1).includes(row))
})
