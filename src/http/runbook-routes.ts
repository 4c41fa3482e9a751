/*
 * The shipped runbooks as pages, so that a link to one works wherever the exporter can be reached. They are rendered
 * when they are first asked for: until then neither a file is read nor the Markdown library loaded.
 */
import type { FastifyInstance } from 'fastify'
import type { PageContext } from './pages/page-context.ts'
import type { RunbookText } from './pages/runbook-html.ts'
import { missingRunbookPage, type RunbookEntry, runbookListPage, runbookPage } from './pages/runbook-page.ts'
import { sendPage } from './reply.ts'

/** The Markdown files, by name without `.md`. */
export interface RunbookFiles {
  /** In the order of the alphabet; empty when none are installed. */
  names(): Promise<readonly string[]>
  /** Null when there is no such runbook. */
  read(name: string): Promise<string | null>
}

export interface RunbookRoutes {
  readonly runbooks: RunbookFiles
  context(): PageContext
  now(): number
}

export function runbookRoutes(app: FastifyInstance, { runbooks, context, now }: RunbookRoutes): void {
  const rendered = new Map<string, RunbookText>()

  async function textOf(name: string): Promise<RunbookText | null> {
    const known = rendered.get(name)
    if (known !== undefined) return known
    const markdown = (await runbooks.names()).includes(name) ? await runbooks.read(name) : null
    if (markdown === null) return null
    const { renderRunbook } = await import('./pages/runbook-html.ts')
    const text = renderRunbook(markdown)
    rendered.set(name, text)
    return text
  }

  async function entries(): Promise<readonly RunbookEntry[]> {
    const names = await runbooks.names()
    return Promise.all(names.map(async (name) => ({ name, title: (await textOf(name))?.title ?? name })))
  }

  app.get('/runbooks', async (request, reply) =>
    sendPage(request, reply, runbookListPage(await entries(), context(), now())),
  )
  app.get<{ readonly Params: { readonly name: string } }>('/runbooks/:name', async (request, reply) => {
    // As the files link to each other, and as they are linked to in the repository.
    const name = request.params.name.replace(/\.md$/, '')
    const text = await textOf(name)
    if (text !== null) return sendPage(request, reply, runbookPage(text, context(), now()))
    return sendPage(request, reply.code(404), missingRunbookPage(name, await entries(), context(), now()))
  })
}
