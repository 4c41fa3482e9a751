import { entries, type Group } from '../../cli/command.ts'

/** `provision`: its verbs, in the order in which help lists them. */
export const command: Group = {
  kind: 'group',
  noun: 'verb',
  about: 'Provisions Logpush jobs, ownership challenges and notification policies from one manifest.',
  entries: entries(
    ['validate', 'Check a manifest; works offline and needs no secrets.', () => import('./validate.ts')],
    ['plan', 'Show what apply would change; writes nothing.', () => import('./plan.ts')],
    ['apply', 'Apply a manifest or a saved plan to Cloudflare.', () => import('./apply.ts')],
    ['destroy', 'Delete the objects that a manifest owns.', () => import('./destroy.ts')],
    ['test', 'Test whether Cloudflare can write to the destinations now.', () => import('./test.ts')],
    ['rotate', 'Send the secrets of jobs and webhooks again.', () => import('./rotate.ts')],
    [
      'ownership',
      'Prove by hand that you own a destination: request, confirm.',
      () => import('./ownership.ts'),
    ],
    ['pagerduty', 'Connect PagerDuty services for policies: list, connect.', () => import('./pagerduty.ts')],
    ['export', 'Write the live configuration as a manifest or as Terraform.', () => import('./export.ts')],
    [
      'import',
      'Write a manifest from live objects, Terraform state or app-interface files.',
      () => import('./import.ts'),
    ],
    ['fields', 'List the fields of a dataset, with type and meaning.', () => import('./fields.ts')],
    ['schema', 'Print the JSON Schema of manifests, for editors.', () => import('./schema.ts')],
  ),
}
