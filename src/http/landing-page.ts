import { html, page } from './page.ts'

export interface LandingPage {
  readonly name: string
  readonly version: string
  readonly revision: string
  readonly telemetryPath: string
}

/** What `/` shows. Links are relative, so that they work behind a proxy that puts a path in front. */
export function landingPage({ name, version, revision, telemetryPath }: LandingPage): string {
  const links = [
    { path: telemetryPath, text: 'Metrics' },
    { path: '/-/healthy', text: 'Is the program alive?' },
    { path: '/-/ready', text: 'Has it looked at every job once?' },
  ].map(({ path, text }) => html`<li><a href=".${path}">${text}</a> <code>${path}</code></li>`)
  return page(
    'Logpush Exporter',
    html`<h1>Logpush Exporter</h1>
<p>Health of Cloudflare Logpush jobs as Prometheus metrics.</p>
<ul>${links}</ul>
<footer>${name} ${version}, revision ${revision}</footer>`,
  )
}
