import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { noBrowser, openBrowser, type View } from '../support/browser.ts'
import { type DemoExporter, startDemoExporter } from '../support/demo-exporter.ts'
import { nightWorld } from '../support/night-world.ts'

t.setTimeout(300_000)

/* The pages of a demo world in a real browser: what they load, how they fit, and whether all can read them. */

const missing = noBrowser()
const axeScript = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const attack = '<script>window.attacked = true</script>'
const desk = { width: 1280, height: 900 } as const
const phone = { width: 390, height: 844 } as const

/** The night world with a job, a zone and an error that try to run a script. */
function hostileWorld(): ReturnType<typeof nightWorld> {
  const world = nightWorld()
  const [zone, ...zones] = world.zones
  const [job, ...jobs] = world.jobs
  if (zone === undefined || job === undefined) throw new Error('the night world is empty')
  return {
    ...world,
    zones: [{ ...zone, name: `${attack}.example` }, ...zones],
    jobs: [{ ...job, name: `job ${attack}` }, ...jobs],
  }
}

let shared: Promise<DemoExporter> | null = null

/** One exporter for all tests of this file; it is only looked at. */
function demo(): Promise<DemoExporter> {
  shared ??= startDemoExporter(hostileWorld(), Date.UTC(2026, 10, 24, 1, 12), {
    grafanaUrl: 'https://grafana.quay.example',
  }).then(async (exporter) => {
    await exporter.advance(30)
    return exporter
  })
  return shared
}
t.teardown(async () => (await shared)?.close())

let browser: ReturnType<typeof openBrowser> | null = null
t.teardown(async () => (await browser)?.close())

interface Watched {
  readonly page: Page
  /** What the console said, what was asked of whom else, and what broke. */
  readonly complaints: string[]
}

/** A page of its own in the one browser of this file: starting one takes longer than most tests. */
async function open(t: Test, { width, height, colorScheme = 'light' }: View, url: string): Promise<Watched> {
  browser ??= openBrowser(desk)
  const page = await (await browser).context.newPage()
  t.teardown(() => page.close())
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme })
  return { page, complaints: watch(page, url) }
}

function watch(page: Page, url: string): string[] {
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(`console ${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('request', (request) => {
    const own = request.url().startsWith(url) || request.url().startsWith('data:')
    if (!own) complaints.push(`loads ${request.url()}`)
  })
  return complaints
}

/** Violations of what axe can check, as lines; `except` names rules that do not hold for this page. */
async function violations(page: Page, except: readonly string[] = []): Promise<readonly string[]> {
  // Put in past the page's own policy, which lets no script run.
  await page.evaluate(axeScript)
  return page.evaluate(async (disabled) => {
    const rules = Object.fromEntries(disabled.map((rule) => [rule, { enabled: false }]))
    const { axe } = globalThis as unknown as {
      axe: {
        run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
      }
    }
    const result = await axe.run({ rules })
    return result.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`),
    )
  }, except)
}

/** How far the page is wider than the window, in pixels. */
function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}

t.test(
  'from the headline over the filter to a job, without an error or a foreign request',
  {
    skip: missing ?? false,
  },
  async (t) => {
    const { url } = await demo()
    const { page, complaints } = await open(t, desk, url)
    await page.goto(`${url}/`)
    t.match(await page.getByRole('heading', { level: 1 }).textContent(), /\d+ of 20 jobs need attention/)
    const rows = page.getByRole('row')
    t.equal(await rows.count(), 21, 'a heading and twenty jobs')

    await page.getByLabel('Zone').selectOption('registry.example')
    await page.getByLabel('Search').fill('http')
    await page.getByRole('button', { name: 'Filter' }).click()
    t.match(page.url(), /[?&]zone=registry\.example(&|$)/)
    t.equal(await rows.count(), 2)
    await page.getByRole('link', { name: 'Show all' }).click()
    t.equal(await rows.count(), 21)
    await page.getByRole('link', { name: /Late$/ }).click()
    t.match(page.url(), /\?state=late$/)
    t.equal(await rows.count(), 2)

    await page.getByRole('link', { name: 'status-http-r2' }).click()
    t.match(await page.getByRole('heading', { level: 1 }).textContent(), 'status-http-r2')
    await page.getByText('Figures', { exact: true }).click()
    t.ok(await page.getByRole('region', { name: 'Figures for the last hours' }).isVisible())
    await page.getByRole('link', { name: 'All jobs' }).click()
    await page.getByRole('link', { name: 'Exporter', exact: true }).click()
    t.match(await page.getByRole('heading', { level: 1 }).textContent(), 'The exporter')
    t.match(await page.textContent('main'), 'GraphQL budget')
    await page.getByRole('link', { name: 'Turn off' }).click()
    t.equal(await page.locator('meta[http-equiv=refresh]').count(), 0)
    t.strictSame(complaints, [])
  },
)

t.test('a script in a job name, a zone or an error stays text', { skip: missing ?? false }, async (t) => {
  const { url } = await demo()
  const { page, complaints } = await open(t, desk, url)
  await page.goto(`${url}/`)
  await page
    .getByRole('link', { name: `job ${attack}` })
    .first()
    .click()
  t.match(await page.getByRole('heading', { level: 1 }).textContent(), attack)
  t.match(await page.textContent('.place'), `${attack}.example`)
  t.equal(await page.locator('script').count(), 0)
  await page.goto(`${url}/?search=${encodeURIComponent(attack)}`)
  t.equal(await page.locator('#search').inputValue(), attack)
  t.equal(await page.evaluate('window.attacked'), undefined)
  t.strictSame(complaints, [])
})

t.test(
  'everybody can read the pages, light and dark, wide and narrow',
  { skip: missing ?? false },
  async (t) => {
    const { url } = await demo()
    // Colours do not depend on the width, nor the layout on the colours: two views hold all four.
    for (const view of [desk, { ...phone, colorScheme: 'dark' }] as const) {
      const name = `${view.width} px${'colorScheme' in view ? ' dark' : ''}`
      const { page, complaints } = await open(t, view, url)
      await page.goto(`${url}/?refresh=off`)
      const job = new URL((await page.locator('.jobs tbody a').first().getAttribute('href')) ?? '', url)
      for (const address of [
        `${url}/?refresh=off`,
        `${job}?refresh=off`,
        `${url}/exporter?refresh=off`,
        `${url}/jobs/none?refresh=off`,
        `${url}/runbooks`,
        `${url}/runbooks/README`,
        `${url}/runbooks/destinations`,
        `${url}/runbooks/none`,
      ]) {
        await page.goto(address)
        t.equal(await overflow(page), 0, `${name} ${address.slice(url.length)} fits`)
        t.strictSame(await violations(page), [], `${name} ${address.slice(url.length)}`)
      }
      t.strictSame(
        complaints.filter((line) => !line.includes('404')),
        [],
      )
    }
  },
)

t.test('a page that refreshes says how to stop that', { skip: missing ?? false }, async (t) => {
  const { url } = await demo()
  const { page } = await open(t, desk, url)
  await page.goto(`${url}/`)
  t.equal(await page.locator('meta[http-equiv=refresh]').getAttribute('content'), '30')
  t.strictSame(await violations(page, ['meta-refresh']), [])
  t.ok(await page.getByRole('link', { name: 'Turn off' }).isVisible())
})
