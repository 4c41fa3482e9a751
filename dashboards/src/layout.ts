import type { GridPos, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard'
import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

/** What every panel builder can do. */
interface PlaceablePanel {
  id(id: number): this
  gridPos(position: GridPos): this
  build(): Panel
}

interface Tile {
  readonly panel: PlaceablePanel
  readonly width: number
  readonly height: number
}

/** A titled row and its panels from left to right; a panel that does not fit starts a new line. */
export interface Section {
  readonly title: string
  readonly tiles: readonly Tile[]
}

/** Grafana's grid is this many columns wide. */
export const gridWidth = 24

/** Panels of one size, side by side. */
export function tiles(width: number, height: number, ...panels: readonly PlaceablePanel[]): Tile[] {
  return panels.map((panel) => ({ panel, width, height }))
}

/** Numbers the panels from 1 and gives each its place, so that ids and places only change with the layout. */
export function place(sections: readonly Section[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = []
  let top = 0
  for (const section of sections) {
    const header = { x: 0, y: top, w: gridWidth, h: 1 }
    placed.push(
      new RowBuilder(section.title)
        .id(placed.length + 1)
        .gridPos(header)
        .build(),
    )
    top += 1
    let left = 0
    let lineHeight = 0
    for (const { panel, width, height } of section.tiles) {
      if (left + width > gridWidth) {
        top += lineHeight
        left = 0
        lineHeight = 0
      }
      const position = { x: left, y: top, w: width, h: height }
      placed.push(
        panel
          .id(placed.length + 1)
          .gridPos(position)
          .build(),
      )
      left += width
      lineHeight = Math.max(lineHeight, height)
    }
    top += lineHeight
  }
  return placed
}
