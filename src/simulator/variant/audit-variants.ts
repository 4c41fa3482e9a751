import { isRecord } from '../api/json-shape.ts'
import {
  changed,
  emptyAsNull,
  forbidden,
  ofEach,
  ofInfo,
  ofResult,
  only,
  replaced,
  type Variant,
  withMore,
  without,
} from './variant.ts'

const audit = ['audit_log']

/** Entries come so late at the most. */
const lateMs = 450_000

const atCursors = ofInfo(({ cursor, ...info }) => ({ ...info, cursors: { after: cursor } }))

const foreign = {
  id: 'f174be97-19b1-40d6-954d-70cd5fbd52db',
  action: { description: 'Add Member', result: 'success', time: '2024-04-26T17:31:07Z', type: 'create' },
  actor: { context: 'dash', email: 'alice@example.com', type: 'user' },
  raw: { method: 'POST', status_code: 200, uri: '/accounts/4bb334f7/members' },
  resource: { id: '023e105f4ecef8ad9ca31a8372d0c353', product: 'members', scope: {}, type: 'member' },
}

/** The audit log. */
export const auditVariants: readonly Variant[] = [
  ...changed(audit, 'nothing', {
    'audit/cursors': ['tells the next page in result_info.cursors.after, as the SDK reads it', atCursors],
    'audit/null': ['answers an audit log without entries with null', emptyAsNull],
    'audit/bare': [
      'leaves out what was written to a resource, and everything that may be missing of the actor',
      ofEach((row) => ({
        ...row,
        resource: isRecord(row.resource) ? only(row.resource, 'id', 'product') : null,
        actor: isRecord(row.actor) ? only(row.actor, 'type', 'id') : null,
      })),
    ],
    'audit/no-address': [
      'leaves out the address of the request',
      ofEach((row) => without(row, (_, name) => name === 'raw')),
    ],
    'audit/token-object': [
      'writes the token of an actor as an object',
      ofEach((row) => {
        if (!isRecord(row.actor)) return row
        const { token_id: id = null, token_name: name = null, ...actor } = row.actor
        return { ...row, actor: { ...actor, token: { id, name } } }
      }),
    ],
    'audit/others': [
      'lists writes to other products, one that cannot be read among them',
      withMore(foreign, { ...foreign, id: null }, null),
    ],
  }),
  ...changed(audit, 'itself', {
    'audit/unreadable': [
      'lists a write to a job without a time',
      withMore({ ...foreign, action: { type: 'update' }, raw: { uri: '/zones/a/logpush/jobs/1' } }),
    ],
  }),
  ...changed(audit, 'answer', {
    'audit/late': [
      'leaves out entries of the last 450 seconds, as late as they were seen to come',
      ofResult((result, { nowMs }) =>
        Array.isArray(result) ? result.filter((row) => isEarlier(row, nowMs - lateMs)) : result,
      ),
    ],
  }),
  ...replaced(audit, 'answer', {
    'audit/refused': ['refuses the audit log with 403', forbidden],
  }),
]

function isEarlier(row: unknown, ms: number): boolean {
  return isRecord(row) && isRecord(row.action) && Date.parse(String(row.action.time)) < ms
}
