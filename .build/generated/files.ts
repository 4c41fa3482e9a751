import { readFileSync } from 'node:fs'
import { allDashboards, render } from '../../dashboards/src/dashboards.ts'
import { operatorFiles } from './operator-files.ts'
import { readmeWithTables } from './readme-tables.ts'

export interface GeneratedFile {
  /** From the top of the project. */
  readonly path: string
  readonly text: string
}

/** Every file that the program's tables make, wholly or in part, as it must be. */
export function generatedFiles(): readonly GeneratedFile[] {
  return [
    { path: 'README.md', text: readmeWithTables(readFileSync('README.md', 'utf8')) },
    ...operatorFiles().map(({ name, text }) => ({ path: `alerts/${name}`, text })),
    ...[...allDashboards()].map(([name, dashboard]) => ({
      path: `dashboards/${name}`,
      text: render(dashboard),
    })),
  ]
}
