import type { Entry } from '../../cli/command.ts'
import type { Program } from '../../cli/command-line.ts'
import { build } from '../../version.ts'

const serve: Entry = {
  name: 'serve',
  summary: 'Run the exporter (default).',
  load: async () => (await import('../serve/serve.ts')).serve,
}

/** The program: its commands, in the order in which help lists them. */
export const program: Program = {
  kind: 'group',
  noun: 'command',
  about:
    'Exposes the health of Cloudflare Logpush jobs as Prometheus metrics, and provisions jobs and notification ' +
    'policies from one declarative file.',
  version: `${build.name} ${build.version} (revision ${build.revision}, Node.js ${process.version})`,
  fallback: serve,
  entries: [
    serve,
    {
      name: 'demo',
      summary: 'Run the exporter against a simulated Cloudflare; no account needed.',
      load: async () => (await import('../demo/demo.ts')).demo,
    },
    {
      name: 'check',
      summary: "Check the API token's permissions, and show what to grant.",
      load: async () => (await import('../check/check.ts')).check,
    },
    {
      name: 'provision',
      summary: 'Provision jobs and notification policies from a manifest: plan, apply and more.',
      load: async () => (await import('../provision/provision.ts')).provision,
    },
    {
      name: 'simulate',
      summary: 'Run the simulated Cloudflare API on its own.',
      load: async () => (await import('../simulate.ts')).simulateCommand,
    },
  ],
}
