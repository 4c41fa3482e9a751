import {
  TableCellBackgroundDisplayMode,
  TableCellDisplayMode,
  TableCellHeight,
  type TableCellOptions,
  TableSortByFieldStateBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import type {
  DataTransformerConfig,
  DynamicConfigValue,
  ThresholdsConfigBuilder,
  ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table'
import { columnQuery } from './queries.ts'
import { datasource } from './variables.ts'

const plainText: TableCellOptions = { type: TableCellDisplayMode.ColorText }
const filledCell: TableCellOptions = {
  type: TableCellDisplayMode.ColorBackground,
  mode: TableCellBackgroundDisplayMode.Basic,
}

/** One column, in reading order. */
export interface Column {
  /** A label of the queries' series, or `Value #<refId>` of one of them. */
  readonly field: string
  readonly header: string
  readonly unit?: string
  readonly decimals?: number
  readonly width?: number
  readonly mappings?: readonly ValueMapping[]
  readonly thresholds?: ThresholdsConfigBuilder
  /** Paints the cell in place of the text. */
  readonly filled?: boolean
  readonly link?: { readonly title: string; readonly url: string; readonly newTab?: boolean }
}

export interface TableSpec {
  readonly title: string
  readonly description: string
  /** Unit of the columns that name none. */
  readonly unit: string
  /** Reference id to expression; rows of all of them are put together by their common labels. */
  readonly queries: Readonly<Record<string, string>>
  /** Leaves out the rows that have nothing in this field. */
  readonly onlyRowsWith?: string
  readonly columns: readonly Column[]
  /** Headers to sort by, most important first; descending. */
  readonly sortBy: readonly string[]
}

/** A table of now, one row per set of labels. Fields that are not a column are left out. */
export function table(spec: TableSpec): TableBuilder {
  const refIds = Object.keys(spec.queries)
  const shown = new Set(spec.columns.map((column) => column.field))
  const hidden = ['Time', ...valueFields(refIds)].filter((field) => !shown.has(field))
  const panel = new TableBuilder()
    .title(spec.title)
    .description(spec.description)
    .unit(spec.unit)
    .datasource(datasource)
    .targets(Object.entries(spec.queries).map(([refId, expr]) => columnQuery(refId, expr)))
    .transformations([
      { id: 'merge', options: {} },
      ...(spec.onlyRowsWith === undefined ? [] : [keepRowsWith(spec.onlyRowsWith)]),
      {
        id: 'organize',
        options: {
          excludeByName: Object.fromEntries(hidden.map((field) => [field, true])),
          indexByName: Object.fromEntries(spec.columns.map((column, index) => [column.field, index])),
          renameByName: {},
        },
      },
    ])
    .cellHeight(TableCellHeight.Sm)
    .filterable(true)
    .noValue('–')
    .sortBy(spec.sortBy.map((header) => new TableSortByFieldStateBuilder().displayName(header).desc(true)))
  for (const column of spec.columns) panel.overrideByName(column.field, look(column))
  return panel
}

function keepRowsWith(fieldName: string): DataTransformerConfig {
  const filters = [{ fieldName, config: { id: 'isNotNull', options: {} } }]
  return { id: 'filterByValue', options: { filters, type: 'include', match: 'all' } }
}

/** With a single query Grafana calls its value `Value`. */
function valueFields(refIds: readonly string[]): string[] {
  return refIds.length === 1 ? ['Value'] : refIds.map((refId) => `Value #${refId}`)
}

/*
 * The header is a display name, not a rename: links go on finding a field by the name of its label.
 */
function look(column: Column): DynamicConfigValue[] {
  const properties: DynamicConfigValue[] = [{ id: 'displayName', value: column.header }]
  if (column.unit !== undefined) properties.push({ id: 'unit', value: column.unit })
  if (column.decimals !== undefined) properties.push({ id: 'decimals', value: column.decimals })
  if (column.width !== undefined) properties.push({ id: 'custom.width', value: column.width })
  if (column.mappings !== undefined) properties.push({ id: 'mappings', value: column.mappings })
  if (column.thresholds !== undefined) {
    properties.push({ id: 'thresholds', value: column.thresholds.build() })
    properties.push({ id: 'color', value: { mode: 'thresholds' } })
  }
  if (column.filled === true) properties.push({ id: 'custom.cellOptions', value: filledCell })
  else if (column.thresholds !== undefined) properties.push({ id: 'custom.cellOptions', value: plainText })
  if (column.link !== undefined) {
    const { title, url, newTab } = column.link
    properties.push({ id: 'links', value: [{ title, url, targetBlank: newTab ?? false }] })
  }
  return properties
}
