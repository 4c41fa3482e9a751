import type { Variant } from '../../src/simulator/variant/variant.ts'
import { findVariant, variantTable } from '../../src/simulator/variant/variant-table.ts'
import { checkCell, exporterCell, planCell } from './variant-cells.ts'

/** Who meets a variant: the column of the table. */
const readers = { exporter: exporterCell, check: checkCell, plan: planCell } as const

export type Reader = keyof typeof readers

export interface CellResult {
  readonly variant: string
  readonly reader: Reader
  /** What does not hold; empty when all does. */
  readonly wrong: readonly string[]
}

export interface Cell {
  readonly variant: Variant
  readonly reader: Reader
}

/** Every variant with each that asks for it: plans send no GraphQL query. */
export const allCells: readonly Cell[] = variantTable.flatMap((variant) =>
  (['exporter', 'check', 'plan'] as const)
    .filter((reader) => !(reader === 'plan' && variant.of === 'graphql'))
    .map((reader) => ({ variant, reader })),
)

/** Cells by name, as `graphql/no-path exporter`. Throws when there is none of the name. */
export function cellsOf(names: readonly string[]): readonly Cell[] {
  return names.map((name) => {
    const [of = '', reader] = name.split(' ')
    const cell = allCells.find(({ variant, ...one }) => variant.name === of && one.reader === reader)
    if (cell === undefined || findVariant(of) === null) throw new Error(`no cell ${name}`)
    return cell
  })
}

/** Runs cells, some at a time: most of a cell's time is waiting. A cell that does not end counts as wrong. */
export async function runCells(cells: readonly Cell[], atOnce = 3): Promise<readonly CellResult[]> {
  const queue = [...cells]
  const results: CellResult[] = []
  const lane = async (): Promise<void> => {
    for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
      const { variant, reader } = cell
      const wrong = await inTime(readers[reader](variant)).catch((error: unknown) => [
        `it threw: ${String(error)}`,
      ])
      results.push({ variant: variant.name, reader, wrong })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return results
}

const patienceMs = 120_000

async function inTime(cell: Promise<readonly string[]>): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => resolve([`no end within ${patienceMs / 1000} s`]), patienceMs)
  })
  return Promise.race([cell, over]).finally(() => clearTimeout(timer))
}

/** The table's figures, a line for each endpoint. */
export function tableLines(results: readonly CellResult[]): readonly string[] {
  const endpoints = [...new Set(results.map(({ variant }) => variant.split('/')[0] ?? ''))]
  const figures = (name: string, of: readonly CellResult[]): string => {
    const failed = of.filter(({ wrong }) => wrong.length > 0)
    const variants = new Set(of.map(({ variant }) => variant)).size
    return `${name.padEnd(12)} ${String(variants).padStart(3)} variants  ${String(of.length).padStart(3)} cells  ${failed.length} failures`
  }
  return [
    ...endpoints.map((endpoint) =>
      figures(
        endpoint,
        results.filter(({ variant }) => variant.startsWith(`${endpoint}/`)),
      ),
    ),
    figures('all', results),
  ]
}

/** What does not hold, a line for each. */
export function failuresOf(results: readonly CellResult[]): readonly string[] {
  return results.flatMap(({ variant, reader, wrong }) => wrong.map((what) => `${variant} ${reader}: ${what}`))
}
