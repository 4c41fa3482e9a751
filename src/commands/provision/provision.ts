import type { Group } from '../../cli/command.ts'

/** `provision`: its verbs, in the order in which help lists them. */
export const provision: Group = {
  kind: 'group',
  noun: 'verb',
  about: 'Provisions Logpush jobs, ownership challenges and notification policies from one manifest.',
  entries: [
    {
      name: 'validate',
      summary: 'Check a manifest; works offline and needs no secrets.',
      load: async () => (await import('./validate.ts')).validate,
    },
    {
      name: 'plan',
      summary: 'Show what apply would change; writes nothing.',
      load: async () => (await import('./plan.ts')).plan,
    },
    {
      name: 'apply',
      summary: 'Apply a manifest or a saved plan to Cloudflare.',
      load: async () => (await import('./apply.ts')).apply,
    },
    {
      name: 'destroy',
      summary: 'Delete the objects that a manifest owns.',
      load: async () => (await import('./destroy.ts')).destroy,
    },
    {
      name: 'test',
      summary: 'Test whether Cloudflare can write to the destinations now.',
      load: async () => (await import('./test.ts')).test,
    },
    {
      name: 'rotate',
      summary: 'Send the secrets of jobs and webhooks again.',
      load: async () => (await import('./rotate.ts')).rotate,
    },
    {
      name: 'ownership',
      summary: 'Prove by hand that you own a destination: request, confirm.',
      load: async () => (await import('./ownership.ts')).ownership,
    },
    {
      name: 'pagerduty',
      summary: 'Connect PagerDuty services for policies: list, connect.',
      load: async () => (await import('./pagerduty.ts')).pagerduty,
    },
    {
      name: 'export',
      summary: 'Write the live configuration as a manifest or as Terraform.',
      load: async () => (await import('./export.ts')).exportVerb,
    },
    {
      name: 'import',
      summary: 'Write a manifest from live objects, Terraform state or app-interface files.',
      load: async () => (await import('./import.ts')).importVerb,
    },
    {
      name: 'fields',
      summary: 'List the fields of a dataset, with type and meaning.',
      load: async () => (await import('./fields.ts')).fields,
    },
    {
      name: 'schema',
      summary: 'Print the JSON Schema of manifests, for editors.',
      load: async () => (await import('./schema.ts')).schema,
    },
  ],
}
