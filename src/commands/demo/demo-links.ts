/*
 * Alert rules lead to runbooks in the repository and to a Grafana that each user has to name. In the demo both lead to
 * the exporter, which has a page for all of it.
 */

const pages: readonly (readonly [pattern: RegExp, path: string])[] = [
  [/https:\/\/github\.com\/[\w/-]+\/alerts\/runbooks\/(\w+)\.md/g, '/runbooks/$1'],
  [/https:\/\/grafana\.example\.com\/d\/cloudflare-logpush-job\?var-job_id=(\{\{[^}]*\}\})/g, '/jobs/$1'],
  [/https:\/\/grafana\.example\.com\/d\/cloudflare-logpush-exporter/g, '/exporter'],
  [/https:\/\/grafana\.example\.com\/d\/cloudflare-logpush-overview/g, '/'],
]

/** The rules with links to the exporter; its address comes without a slash at the end. */
export function linkToExporter(rules: string, exporterUrl: string): string {
  return pages.reduce((text, [pattern, path]) => text.replace(pattern, `${exporterUrl}${path}`), rules)
}
