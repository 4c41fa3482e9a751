import { entries } from '../../cli/command.ts'
import type { Program } from '../../cli/command-line.ts'
import { build } from '../../version.ts'

const [serve, ...others] = entries(
  ['serve', 'Run the exporter (default).', () => import('../serve/serve.ts')],
  [
    'demo',
    'Run the exporter against a simulated Cloudflare; no account needed.',
    () => import('../demo/demo.ts'),
  ],
  ['check', "Check the API token's permissions, and show what to grant.", () => import('../check/check.ts')],
  [
    'provision',
    'Provision jobs and notification policies from a manifest: plan, apply and more.',
    () => import('../provision/provision.ts'),
  ],
  ['simulate', 'Run the simulated Cloudflare API on its own.', () => import('../simulate.ts')],
)

/** The program: its commands, in the order in which help lists them. */
export const program: Program = {
  kind: 'group',
  noun: 'command',
  about:
    'Exposes the health of Cloudflare Logpush jobs as Prometheus metrics, and provisions jobs and notification ' +
    'policies from one declarative file.',
  version: `${build.name} ${build.version} (revision ${build.revision}, Node.js ${process.version})`,
  ...(serve === undefined ? { entries: others } : { fallback: serve, entries: [serve, ...others] }),
}
