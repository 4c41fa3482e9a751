import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alertsFolder } from '../support/alert-files.ts'
import { operatorFiles } from '../support/operator-files.ts'

/* Writes the forms that the Prometheus operator takes: node --import tsx test/alerts/generate.ts */
for (const { name, text } of operatorFiles()) writeFileSync(join(alertsFolder, name), text)
