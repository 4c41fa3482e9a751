import type { Group } from '../../cli/command.ts'

export const pagerduty: Group = {
  kind: 'group',
  noun: 'verb',
  about: 'Connects PagerDuty to an account, so that notification policies can page.',
  entries: [
    {
      name: 'list',
      summary: 'Show the PagerDuty services that are connected to an account.',
      load: async () => (await import('./pagerduty-list.ts')).list,
    },
    {
      name: 'connect',
      summary: 'Connect PagerDuty to an account, step by step.',
      load: async () => (await import('./pagerduty-connect.ts')).connect,
    },
  ],
}
