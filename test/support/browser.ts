import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'

/** Debian's. */
const executable = '/usr/bin/chromium'

/** Why no browser can be had, or null. */
export function noBrowser(): string | null {
  return existsSync(executable) ? null : `${executable} is not installed (Debian package chromium)`
}

export interface View {
  readonly width: number
  readonly height: number
  readonly colorScheme?: 'light' | 'dark'
  /** Dots per pixel. */
  readonly scale?: number
}

/** A browser without a past, and how to end it. */
export async function openBrowser({
  width,
  height,
  colorScheme = 'light',
  scale = 1,
}: View): Promise<{ readonly context: BrowserContext; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'logpush-exporter-browser-'))
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: executable,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    viewport: { width, height },
    colorScheme,
    deviceScaleFactor: scale,
  })
  return {
    context,
    async close() {
      await context.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
