import { entries, type Group } from '../../cli/command.ts'

export const command: Group = {
  kind: 'group',
  noun: 'verb',
  about: 'Connects PagerDuty to an account, so that notification policies can page.',
  entries: entries(
    [
      'list',
      'Show the PagerDuty services that are connected to an account.',
      () => import('./pagerduty-list.ts'),
    ],
    ['connect', 'Connect PagerDuty to an account, step by step.', () => import('./pagerduty-connect.ts')],
  ),
}
