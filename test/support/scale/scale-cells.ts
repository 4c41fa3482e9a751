/* The cells of the table that tells how the exporter scales, and what makes a row of it. */
import type { RateLimitType } from './scale-api.ts'
import { type ScaleBound, scaleBound } from './scale-bound.ts'
import { runScale, type ScaleFigures, type Spread, scaleWorldFor } from './scale-run.ts'
import type { ScaleEvents, ScaleSize } from './scale-world.ts'

export interface ScaleCell extends ScaleSize {
  readonly mode: RateLimitType
}

export interface ScaleResult {
  readonly cell: ScaleCell
  readonly bound: ScaleBound
  readonly figures: ScaleFigures
  /** Measured against the best that the limits allow: 1 is as good. */
  readonly ratios: Readonly<Record<string, number>>
}

export const scaleCells: readonly ScaleCell[] = [100, 1_000, 10_000].flatMap((zones) =>
  [0.05, 0.5, 1].flatMap((withJobs) =>
    (['user', 'account'] as const).map((mode) => ({ zones, withJobs, mode })),
  ),
)

/** No figure is worse than so many times the best. */
export const allowedRatio = 1.25

/** How much is made to happen, and in which time at least. */
export type Happenings = Pick<ScaleEvents, 'losses' | 'newZones'> & { readonly seconds: number }

export async function measureCell(cell: ScaleCell, happenings: Happenings): Promise<ScaleResult> {
  const world = scaleWorldFor(cell, cell.mode, happenings)
  const bound = scaleBound(world, cell.mode)
  const figures = await runScale(world, cell.mode)
  const evenly = (measured: Spread, seconds: number) => [
    measured.p50 / (0.5 * seconds),
    measured.p99 / (0.99 * seconds),
  ]
  const [freshP50 = 0, freshP99 = 0] = evenly(figures.freshness, bound.cycleSeconds)
  const [lossP50 = 0, lossP99 = 0] = evenly(figures.detection, bound.cycleSeconds)
  return {
    cell,
    bound,
    figures,
    ratios: {
      'freshness p50': freshP50,
      'freshness p99': freshP99,
      'detection p50': lossP50,
      'detection p99': lossP99,
      'discovery p99': figures.discovery.p99 / bound.discoverySeconds,
    },
  }
}
