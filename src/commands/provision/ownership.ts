import type { Group } from '../../cli/command.ts'

export const ownership: Group = {
  kind: 'group',
  noun: 'verb',
  about: 'Proves that destinations are yours where apply cannot read the challenge file itself.',
  entries: [
    {
      name: 'request',
      summary: 'Have Cloudflare write the challenge files that a manifest needs, to be read by hand.',
      load: async () => (await import('./ownership-request.ts')).request,
    },
    {
      name: 'confirm',
      summary: 'Check tokens that were read by hand, and keep them for apply.',
      load: async () => (await import('./ownership-confirm.ts')).confirm,
    },
  ],
}
