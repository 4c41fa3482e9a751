import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { textAt } from '../tree.ts'

/*
 * The notes of one pull request or merge request, as the APIs of GitHub and GitLab keep them: listed in pages, and
 * edited by nobody but their authors.
 */

export interface Note {
  readonly id: number
  readonly author: string
  body: string
}

export interface Forge {
  /** Without a slash at the end. */
  readonly url: string
  readonly notes: Note[]
  /** What was asked, as `POST /path`. */
  readonly calls: string[]
}

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

type Handle = (call: {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
}) => Answer

/** What the note of the pipelines begins with. */
export const marker = '<!-- logpush-exporter plan -->'

/** What people wrote before: more than one page, and one that looks like the bot's note and is not. */
export function discussion(): Note[] {
  const talk = Array.from({ length: 120 }, (_, id) => ({ id, author: 'a-person', body: `remark ${id}` }))
  return [{ id: 500, author: 'a-person', body: `${marker}\nnot a plan` }, ...talk]
}

type Teardown = { teardown(end: () => unknown): unknown }

/** GitHub's comments API at `/repos/acme/logs`; the token `github-token` is the one of GitHub Actions. */
export function fakeGithub(t: Teardown, notes: Note[]): Promise<Forge> {
  const show = ({ id, author, body }: Note) => ({ id, user: { login: author }, body })
  const comments = /^\/repos\/acme\/logs\/issues\/(7|comments\/(\d+))(\/comments)?$/
  return forge(t, notes, 'Bearer github-token', ({ method, path, query, body }) => {
    const match = comments.exec(path)
    if (match === null) return { status: 404, body: { message: 'Not Found' } }
    if (method === 'GET') return { status: 200, body: page(notes, query).map(show) }
    return write(notes, method === 'PATCH' ? Number(match[2]) : null, 'github-actions[bot]', body, show)
  })
}

/** GitLab's notes API for the merge request 7 of project 42; the token `gitlab-token` is the user `logpush-bot`. */
export function fakeGitlab(t: Teardown, notes: Note[]): Promise<Forge> {
  const show = ({ id, author, body }: Note) => ({ id, author: { id: author.length, username: author }, body })
  const path7 = /^\/api\/v4\/projects\/42\/merge_requests\/7\/notes(?:\/(\d+))?$/
  return forge(t, notes, 'gitlab-token', ({ method, path, query, body }) => {
    const me = 'logpush-bot'
    if (path === '/api/v4/user') return { status: 200, body: { id: me.length, username: me } }
    const match = path7.exec(path)
    if (match === null) return { status: 404, body: { message: '404 Not Found' } }
    if (method !== 'GET') return write(notes, method === 'PUT' ? Number(match[1]) : null, me, body, show)
    const number = Number(query.get('page') ?? '1')
    const next = number * 100 < notes.length ? String(number + 1) : ''
    return { status: 200, body: page(notes, query).map(show), headers: { 'x-next-page': next } }
  })
}

function page(notes: readonly Note[], query: URLSearchParams): readonly Note[] {
  const size = Number(query.get('per_page') ?? '20')
  const from = (Number(query.get('page') ?? '1') - 1) * size
  return notes.slice(from, from + size)
}

/** An empty note is refused, and so is somebody else's. */
function write(
  notes: Note[],
  id: number | null,
  author: string,
  sent: unknown,
  show: (note: Note) => unknown,
): Answer {
  const body = textAt(sent, 'body')
  if (body.trim() === '') return { status: 400, body: { message: '400 Bad request - Note is blank' } }
  if (id === null) {
    const note = { id: 1000 + notes.length, author, body }
    notes.push(note)
    return { status: 201, body: show(note) }
  }
  const note = notes.find((each) => each.id === id)
  if (note === undefined || note.author !== author) return { status: 403, body: { message: '403 Forbidden' } }
  note.body = body
  return { status: 200, body: show(note) }
}

async function forge(t: Teardown, notes: Note[], token: string, handle: Handle): Promise<Forge> {
  const calls: string[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const { pathname: path, searchParams: query } = new URL(url, 'http://forge')
      calls.push(`${method} ${path}`)
      const may = (headers.authorization ?? headers['private-token']) === token
      const body: unknown = text === '' ? undefined : JSON.parse(text)
      const answer = may ? handle({ method, path, query, body }) : { status: 401, body: {} }
      response.writeHead(answer.status, {
        'content-type': 'application/json',
        ...answer.headers,
      })
      response.end(JSON.stringify(answer.body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, notes, calls }
}
