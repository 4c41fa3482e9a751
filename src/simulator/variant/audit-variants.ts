import type { RawAnswer } from '../api/api-pipeline.ts'
import { isRecord } from '../api/json-shape.ts'
import { emptyAsNull, ofEach, ofResult, refusal, type Variant, withMore, without } from './variant.ts'

const audit = ['audit_log']

/** Entries come so late at the most. */
const lateMs = 450_000

function atCursors(answer: RawAnswer): RawAnswer {
  if (!isRecord(answer.body) || !isRecord(answer.body.result_info)) return answer
  const { cursor, ...info } = answer.body.result_info
  return { ...answer, body: { ...answer.body, result_info: { ...info, cursors: { after: cursor } } } }
}

const foreign = {
  id: 'f174be97-19b1-40d6-954d-70cd5fbd52db',
  action: { description: 'Add Member', result: 'success', time: '2024-04-26T17:31:07Z', type: 'create' },
  actor: { context: 'dash', email: 'alice@example.com', type: 'user' },
  raw: { method: 'POST', status_code: 200, uri: '/accounts/4bb334f7/members' },
  resource: { id: '023e105f4ecef8ad9ca31a8372d0c353', product: 'members', scope: {}, type: 'member' },
}

/** The audit log. */
export const auditVariants: readonly Variant[] = [
  {
    name: 'audit/cursors',
    of: audit,
    cost: 'nothing',
    does: 'tells the next page in result_info.cursors.after, as the SDK reads it',
    change: atCursors,
  },
  {
    name: 'audit/null',
    of: audit,
    cost: 'nothing',
    does: 'answers an audit log without entries with null',
    change: emptyAsNull,
  },
  {
    name: 'audit/bare',
    of: audit,
    cost: 'nothing',
    does: 'leaves out what was written to a resource, and everything that may be missing of the actor',
    change: ofEach((row) => ({
      ...row,
      resource: isRecord(row.resource)
        ? without(row.resource, (_, name) => name !== 'id' && name !== 'product')
        : null,
      actor: isRecord(row.actor) ? without(row.actor, (_, name) => name === 'type' || name === 'id') : null,
    })),
  },
  {
    name: 'audit/no-address',
    of: audit,
    cost: 'nothing',
    does: 'leaves out the address of the request',
    change: ofEach((row) => without(row, (_, name) => name === 'raw')),
  },
  {
    name: 'audit/token-object',
    of: audit,
    cost: 'nothing',
    does: 'writes the token of an actor as an object',
    change: ofEach((row) => {
      if (!isRecord(row.actor)) return row
      const { token_id: id = null, token_name: name = null, ...actor } = row.actor
      return { ...row, actor: { ...actor, token: { id, name } } }
    }),
  },
  {
    name: 'audit/others',
    of: audit,
    cost: 'nothing',
    does: 'lists writes to other products, one that cannot be read among them',
    change: withMore(foreign, { ...foreign, id: null }, null),
  },
  {
    name: 'audit/unreadable',
    of: audit,
    cost: 'itself',
    does: 'lists a write to a job without a time',
    change: withMore({ ...foreign, action: { type: 'update' }, raw: { uri: '/zones/a/logpush/jobs/1' } }),
  },
  {
    name: 'audit/late',
    of: audit,
    cost: 'answer',
    does: 'leaves out entries of the last 450 seconds, as late as they were seen to come',
    change: (answer, asked) =>
      ofResult((result) =>
        Array.isArray(result)
          ? result.filter(
              (row) =>
                isRecord(row) &&
                isRecord(row.action) &&
                Date.parse(String(row.action.time)) < asked.nowMs - lateMs,
            )
          : result,
      )(answer, asked),
  },
  {
    name: 'audit/refused',
    of: audit,
    cost: 'answer',
    does: 'refuses the audit log with 403',
    instead: refusal(403, [{ code: 10000, message: 'Authentication error' }]),
  },
]
