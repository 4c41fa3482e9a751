import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import type { ThresholdsConfigBuilder, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard'
import {
  PanelBuilder as HeatmapBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline'
import { PanelBuilder as GraphBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { byThreshold, neutral } from './colors.ts'
import { bucketQuery, type Line, nowQuery, rangeQueries } from './queries.ts'
import { datasource } from './variables.ts'

interface PanelText {
  readonly title: string
  /** What the panel shows and what to do about it; Grafana shows it behind the (i). */
  readonly description: string
  /** A unit id of Grafana's. */
  readonly unit: string
}

export interface StatSpec extends PanelText {
  readonly expr: string
  readonly thresholds?: ThresholdsConfigBuilder
  readonly mappings?: readonly ValueMapping[]
  readonly decimals?: number
  /** Shows a label of the series in place of its value. */
  readonly label?: string
  /** Shown when the query finds nothing, which may be good news or a dead exporter: never say "fine" here. */
  readonly noValue?: string
}

/** One number of now. */
export function stat(spec: StatSpec): StatBuilder {
  const panel = new StatBuilder()
    .title(spec.title)
    .description(spec.description)
    .unit(spec.unit)
    .datasource(datasource)
    .withTarget(nowQuery(spec.expr, spec.label === undefined ? '__auto' : `{{${spec.label}}}`))
    .thresholds(spec.thresholds ?? neutral())
    .colorScheme(byThreshold())
    .noValue(spec.noValue ?? 'no data')
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .textMode(spec.label === undefined ? BigValueTextMode.Value : BigValueTextMode.Name)
  if (spec.mappings !== undefined) panel.mappings([...spec.mappings])
  if (spec.decimals !== undefined) panel.decimals(spec.decimals)
  return panel
}

/** What Grafana writes above each column of a legend. */
const legendHeaders = { lastNotNull: 'Last *', max: 'Max', mean: 'Mean', sum: 'Total' } as const

export interface GraphSpec extends PanelText {
  readonly lines: readonly Line[]
  /** Areas on top of each other: only for parts of a whole. */
  readonly stacked?: boolean
  /** Bars, for amounts per step. */
  readonly bars?: boolean
  /** Upper end of the axis, e.g. 1 for a share. */
  readonly max?: number
  /** Columns of the legend; it is sorted by the first. */
  readonly legend?: readonly (keyof typeof legendHeaders)[]
}

/** Lines over time, the axis from zero. */
export function graph(spec: GraphSpec): GraphBuilder {
  const calcs = spec.legend ?? ['max', 'lastNotNull']
  const panel = new GraphBuilder()
    .title(spec.title)
    .description(spec.description)
    .unit(spec.unit)
    .min(0)
    .datasource(datasource)
    .targets(rangeQueries(spec.lines))
    .lineInterpolation(spec.bars === true ? LineInterpolation.Linear : LineInterpolation.StepAfter)
    .drawStyle(spec.bars === true ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity(spec.stacked === true || spec.bars === true ? 40 : 8)
    .showPoints(VisibilityMode.Never)
    // A gap in the data is news: it is not drawn over.
    .spanNulls(false)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .calcs([...calcs])
        .sortBy(legendHeaders[calcs[0] ?? 'max'])
        .sortDesc(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
  if (spec.stacked === true) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
  if (spec.max !== undefined) panel.max(spec.max)
  return panel
}

export interface TimelineSpec extends PanelText {
  readonly lines: readonly Line[]
  readonly mappings: readonly ValueMapping[]
}

/** Coloured bands: in which state something was, and for how long. */
export function timeline(spec: TimelineSpec): TimelineBuilder {
  return new TimelineBuilder()
    .title(spec.title)
    .description(spec.description)
    .unit(spec.unit)
    .datasource(datasource)
    .targets(rangeQueries(spec.lines))
    .mappings([...spec.mappings])
    .thresholds(neutral())
    .colorScheme(byThreshold())
    .showValue(VisibilityMode.Never)
    .mergeValues(true)
    .fillOpacity(80)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    )
}

export interface HeatmapSpec extends PanelText {
  readonly expr: string
}

/** How often a histogram's buckets were hit, over time. */
export function heatmap(spec: HeatmapSpec): HeatmapBuilder {
  return new HeatmapBuilder()
    .title(spec.title)
    .description(spec.description)
    .unit(spec.unit)
    .datasource(datasource)
    .withTarget(bucketQuery(spec.expr))
    .calculate(false)
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme('Oranges')
        .exponent(0.5)
        .steps(64),
    )
    .yAxis(new YAxisConfigBuilder().unit(spec.unit))
}
