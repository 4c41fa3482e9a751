import { writeFileSync } from 'node:fs'
import { allDashboards, render } from './dashboards.ts'

for (const [file, dashboard] of allDashboards()) {
  writeFileSync(new URL(`../${file}`, import.meta.url), render(dashboard))
}
