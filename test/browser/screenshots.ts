/*
 * Makes the pictures of the README: `npm run screenshots`. The world, its clock and the exporter's are fixed, so
 * that a picture changes only when the pages do.
 */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { noBrowser, openBrowser, type View } from '../support/browser.ts'
import { startDemoExporter } from '../support/demo-exporter.ts'
import { nightWorld } from '../support/night-world.ts'

const folder = new URL('../../dashboards/screenshots/', import.meta.url).pathname
const startAt = Date.UTC(2026, 10, 24, 1, 12)

const missing = noBrowser()
if (missing !== null) throw new Error(missing)
const demo = await startDemoExporter(nightWorld(), startAt, { grafanaUrl: 'https://grafana.quay.example' })
try {
  await demo.advance(120)
  const wide = { width: 1280, height: 860, scale: 1 }
  await picture('overview', wide, async (page) => void (await page.goto(`${demo.url}/?refresh=off`)))
  await picture('job', { ...wide, height: 980 }, async (page) => {
    await page.goto(`${demo.url}/?refresh=off`)
    await page.getByRole('link', { name: 'registry-http-s3' }).click()
  })
  await picture('phone', { width: 390, height: 844, scale: 2 }, async (page) => {
    await page.goto(`${demo.url}/?refresh=off`)
  })
} finally {
  await demo.close()
}

async function picture(name: string, view: View, open: (page: Page) => Promise<void>): Promise<void> {
  const browser = await openBrowser(view)
  try {
    const page = browser.context.pages()[0] ?? (await browser.context.newPage())
    await open(page)
    await page.screenshot({ path: join(folder, `${name}.png`) })
  } finally {
    await browser.close()
  }
}
