import { entries, type Group } from '../../cli/command.ts'

export const command: Group = {
  kind: 'group',
  noun: 'verb',
  about: 'Proves that destinations are yours where apply cannot read the challenge file itself.',
  entries: entries(
    [
      'request',
      'Have Cloudflare write the challenge files that a manifest needs, to be read by hand.',
      () => import('./ownership-request.ts'),
    ],
    [
      'confirm',
      'Check tokens that were read by hand, and keep them for apply.',
      () => import('./ownership-confirm.ts'),
    ],
  ),
}
