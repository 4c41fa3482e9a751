import type { FastifyInstance } from 'fastify'
import type { Faults } from './api/faults.ts'
import { isRecord } from './api/json-shape.ts'
import type { RequestLog } from './api/request-log.ts'
import { SimError } from './api/sim-error.ts'
import { readFault, readJobAction, readVariantChoice } from './control-input.ts'
import { findVariant, variantTable } from './variant/variant-table.ts'
import type { Variants } from './variant/variants.ts'
import { actByHand } from './world/happenings.ts'
import { phaseAt } from './world/job-timeline.ts'
import type { SimClock } from './world/sim-clock.ts'
import type { World } from './world/world.ts'

export interface ControlDeps {
  readonly world: World
  readonly clock: SimClock
  readonly faults: Faults
  readonly variants: Variants
  readonly requests: RequestLog
  readonly idle: () => Promise<void>
}

/** `/__sim/…`: what no real API has: ground truth, and controls over the world. */
export function serveControls(app: FastifyInstance, deps: ControlDeps): void {
  const { world, clock, faults, variants, requests } = deps
  const bad = (message: string): SimError => new SimError(400, [{ code: 1, message }])

  app.get<{ Querystring: { from?: string; to?: string } }>('/truth', async (request) => {
    const fromMs = instant(request.query.from)
    const toMs = instant(request.query.to)
    const truth = world.truth({
      ...(fromMs === undefined ? {} : { fromMs }),
      ...(toMs === undefined ? {} : { toMs }),
    })
    return { ...truth, jobs: [...truth.jobs.values()] }
  })

  app.get('/clock', async () => ({
    now: clock.now(),
    iso: new Date(clock.now()).toISOString(),
    speed: clock.speed,
  }))
  app.post('/clock', async (request) => {
    const ms = isRecord(request.body) ? request.body.advance : undefined
    if (typeof ms !== 'number' || !(ms >= 0)) throw bad('advance must be a number of milliseconds')
    clock.advance(ms)
    await deps.idle()
    return { now: clock.now() }
  })

  app.get('/faults', async () => faults.list())
  app.post('/faults', async (request) => {
    const fault = readFault(request.body)
    if (typeof fault === 'string') throw bad(fault)
    return { id: faults.add(fault) }
  })
  app.delete('/faults', async () => {
    faults.clear()
    return {}
  })
  app.delete<{ Params: { id: string } }>('/faults/:id', async (request) => {
    faults.remove(Number(request.params.id))
    return {}
  })

  app.get('/variants', async () => ({
    contrary: variants.isContrary,
    enabled: variants.list(),
    used: Object.fromEntries(variants.used()),
    all: variantTable.map(({ name, does, cost }) => ({ name, does, cost })),
  }))
  app.post('/variants', async (request) => {
    const choice = readVariantChoice(request.body)
    if (typeof choice === 'string') throw bad(choice)
    if ('contrary' in choice) variants.contrary(choice.contrary)
    else if (findVariant(choice.name) === null) throw bad(`unknown variant ${JSON.stringify(choice.name)}`)
    else variants.enable(choice)
    return {}
  })
  app.delete('/variants', async () => {
    variants.clear()
    return {}
  })

  app.get('/requests', async () => ({
    total: requests.count(),
    counts: Object.fromEntries(requests.counts()),
    recent: requests.recent(),
  }))

  app.get('/jobs', async () =>
    world.jobs().map((job) => {
      const phase = phaseAt(job, clock.now())
      return {
        id: job.id,
        name: job.fields.name,
        scope: job.scope,
        enabled: phase?.enabled ?? false,
        scenario: phase?.scenario,
        disableAtMs: job.disableAtMs,
      }
    }),
  )
  app.post<{ Params: { id: string } }>('/jobs/:id', async (request) => {
    const action = readJobAction(request.body)
    if (typeof action === 'string') throw bad(action)
    world.settle()
    actByHand(world.state, world.job(Number(request.params.id)), clock.now(), action)
    await deps.idle()
    return {}
  })

  app.post<{ Params: { token: string } }>('/pagerduty/:token/consent', async (request) => {
    const name =
      isRecord(request.body) && typeof request.body.name === 'string' ? request.body.name : 'service'
    world.consentPagerDuty(request.params.token, name)
    return {}
  })
}

function instant(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  return /^\d+$/.test(text) ? Number(text) : Date.parse(text)
}
