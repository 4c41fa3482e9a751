import { PassThrough } from 'node:stream'
import t from 'tap'
import { command } from '../../../src/commands/check/check.ts'
import type { CheckReport } from '../../../src/commands/check/report-shape.ts'
import { nameRule } from '../../../src/settings/exporter-settings.ts'
import { fakeHttp, json, ok } from '../../support/fake-http.ts'
import { runCheck } from '../../support/run-check.ts'

/* What depends on where `check` runs, at an API that has nothing to show. */

const token = 'token-0123456789'
const nothing = ok([])

t.test('on a terminal lines fit its width, and for a program they stay whole', async (t) => {
  const api = await fakeHttp(nothing)
  t.teardown(api.close)
  const stdoutStream = Object.assign(new PassThrough(), { columns: 40 })
  const longest = async (stdout: boolean): Promise<number> => {
    const terminal = { stdin: false, stdout, stderr: false }
    const { lines } = await runCheck(api.baseUrl, token, [], { stdoutStream, terminal })
    return Math.max(...lines.map((line) => line.length))
  }
  t.ok((await longest(true)) <= 40)
  t.ok((await longest(false)) > 40)
})

t.test('progress is for people: it is told where somebody looks', async (t) => {
  const api = await fakeHttp(nothing)
  t.teardown(api.close)
  const told: string[] = []
  const stderr = (line: string) => void told.push(line)
  await runCheck(api.baseUrl, token, [], { stderr, terminal: { stdin: true, stdout: true, stderr: false } })
  t.strictSame(told, [])
  await runCheck(api.baseUrl, token, [], { stderr, terminal: { stdin: false, stdout: false, stderr: true } })
  t.strictSame(told, ['Checking 0 of 0 accounts and zones'])
})

t.test('what is left of a budget is what was heard last', async (t) => {
  const left = (remaining: number) => ({
    ratelimit: `"default";r=${remaining};t=30`,
    'ratelimit-policy': '"default";q=1200;w=300',
  })
  let answers = 0
  const result = { success: true, errors: [], messages: [], result: [] }
  const api = await fakeHttp((response, request, socket) => {
    answers += 1
    json(200, result, answers > 2 ? {} : left(100 - answers))(response, request, socket)
  })
  t.teardown(api.close)
  const { lines } = await runCheck(api.baseUrl, token, ['--output=json'])
  const { budget, arrival }: CheckReport = JSON.parse(lines.join('\n'))
  t.ok(answers > 2, 'and an answer that does not tell it changes nothing')
  t.strictSame(budget, { rest: { limit: 1_200, window_seconds: 300, remaining: 98 }, graphql: null })
  t.equal(arrival, null, 'without rules no destination is tried')
})

t.test('its help says where settings come from', async (t) => {
  t.strictSame(command.notes, [nameRule])
})
