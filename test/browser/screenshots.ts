/*
 * Makes the pictures of the documents: `npm run screenshots`. They show the demo's world a few minutes after it has
 * begun, and the terminal it was started in. The clocks are fixed, so that a picture changes only when the pages do.
 */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { openDemoStore } from '../../src/commands/demo/demo-store.ts'
import { demoWorld } from '../../src/simulator/world/demo-world.ts'
import { noBrowser, openBrowser, type View } from '../support/browser.ts'
import { startDemoExporter } from '../support/demo-exporter.ts'
import { demoPrints, demoStart } from '../support/demo-output.ts'

const folder = new URL('../../.github/images/', import.meta.url).pathname

const missing = noBrowser()
if (missing !== null) throw new Error(missing)
const demo = await startDemoExporter(demoWorld(1), demoStart, {
  healthPollIntervalMs: 60_000,
  inventoryPollIntervalMs: 60_000,
})
try {
  await demo.advance(3)
  const wide = { width: 1280, height: 860, scale: 1 }
  await picture('status', wide, async (page) => void (await page.goto(`${demo.url}/?refresh=off`)))
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
const store = await openDemoStore()
const often = { healthPollIntervalMs: 60_000, inventoryPollIntervalMs: 60_000 }
const filed = await startDemoExporter(demoWorld(1), demoStart, often, store.store)
try {
  await filed.advance(14)
  await picture('arrival', { width: 1280, height: 980, scale: 1 }, async (page) => {
    await page.goto(`${filed.url}/?refresh=off`)
    await page.getByRole('link', { name: 'sre-worker-logs' }).click()
    await page.locator('#arrival').evaluate((title) => title.scrollIntoView())
  })
} finally {
  await filed.close()
  await store.remove()
}
const printed = await demoPrints()
await picture('terminal', { width: 1180, height: 320, scale: 1 }, async (page) => {
  await page.setContent(terminal(`$ npm run --silent demo\n${printed}`))
})

/** A page that looks like a terminal with this text on its screen. */
function terminal(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<body style="margin:0;background:#1e2227"><pre style="margin:0;padding:20px;color:#dfe3e8;font:14px/1.4 monospace">${escaped}</pre>`
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
