/*
 * The pages people look at and the same as JSON. All of it is worked out from memory when it is asked for; nothing
 * here waits for anything outside.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ExporterStatus } from '../exporter/view/exporter-status.ts'
import type { JobQuery } from '../exporter/view/job-query.ts'
import type { JobDetail } from '../exporter/view/job-status.ts'
import type { Overview } from '../exporter/view/status.ts'
import type { Readiness } from './health-routes.ts'
import { exporterPage } from './pages/exporter-page.ts'
import { jobDetailJson, overviewJson } from './pages/job-json.ts'
import { jobPage } from './pages/job-page.ts'
import { missingPage } from './pages/missing-page.ts'
import type { PageContext } from './pages/page-context.ts'
import { statusPage } from './pages/status-page.ts'
import { apiRules, pageRules, parseStatusQuery } from './pages/status-query.ts'
import { sendPage, sendText } from './reply.ts'
import { type RunbookFiles, runbookRoutes } from './runbook-routes.ts'

/** What the pages show, as it is at the moment of asking. */
export interface StatusSource {
  overview(query: JobQuery): Overview
  job(id: string): JobDetail | null
  /** With the given page of accounts and zones, from 1. */
  exporter(page: number): ExporterStatus
  now(): number
  /** Address of Grafana, for links; null without. */
  grafana(): string | null
}

export interface StatusRoutes {
  readonly about: PageContext['about']
  readonly telemetryPath: string
  readonly readiness: Readiness
  /** What the pages and the JSON API show. */
  readonly status: StatusSource
  /** What `/runbooks` shows. */
  readonly runbooks: RunbookFiles
}

interface WithId {
  readonly Params: { readonly id: string }
}

export function statusRoutes(app: FastifyInstance, deps: StatusRoutes): void {
  const { status } = deps
  const context = (refresh: boolean): PageContext => ({
    about: deps.about,
    telemetryPath: deps.telemetryPath,
    grafana: status.grafana(),
    readiness: deps.readiness.state(),
    refresh,
  })

  app.get('/', (request, reply) => {
    const { query, refresh, problems } = parseStatusQuery(searchOf(request), pageRules)
    return sendPage(request, reply, statusPage(status.overview(query), context(refresh), problems))
  })
  app.get<WithId>('/jobs/:id', (request, reply) => {
    const { refresh } = parseStatusQuery(searchOf(request), pageRules)
    const job = status.job(request.params.id)
    if (job !== null) return sendPage(request, reply, jobPage(job, context(refresh), status.now()))
    return sendPage(request, reply.code(404), missingPage(request.params.id, context(false), status.now()))
  })
  app.get('/exporter', (request, reply) => {
    const { query, refresh } = parseStatusQuery(searchOf(request), pageRules)
    return sendPage(request, reply, exporterPage(status.exporter(query.page), context(refresh)))
  })
  runbookRoutes(app, { runbooks: deps.runbooks, context: () => context(false), now: status.now })
  app.get('/api/v1/jobs', (request, reply) => {
    const { query, problems } = parseStatusQuery(searchOf(request), apiRules)
    if (problems.length > 0) return sendJson(request, reply.code(400), { error: problems.join('; ') })
    return sendJson(request, reply, overviewJson(status.overview(query), status.grafana()))
  })
  app.get<WithId>('/api/v1/jobs/:id', (request, reply) => {
    const job = status.job(request.params.id)
    if (job === null) return sendJson(request, reply.code(404), { error: 'no job has this id' })
    return sendJson(request, reply, jobDetailJson(job, status.now(), status.grafana()))
  })
}

function searchOf(request: FastifyRequest): string {
  const start = request.url.indexOf('?')
  return start < 0 ? '' : request.url.slice(start + 1)
}

const jsonHeaders: Readonly<Record<string, string>> = {
  'content-type': 'application/json; charset=utf-8',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}

function sendJson(request: FastifyRequest, reply: FastifyReply, value: unknown): Promise<FastifyReply> {
  return sendText(request, reply, jsonHeaders, `${JSON.stringify(value, null, 2)}\n`)
}
