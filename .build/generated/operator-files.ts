import { readAlertmanager, readRules, ruleForms } from './alert-files.ts'
import { alertmanagerConfig, generatedText, prometheusRule, secretKeys } from './operator-forms.ts'

/** Every generated file of the alerts folder, as it must be. */
export function operatorFiles(): readonly { readonly name: string; readonly text: string }[] {
  return [
    ...ruleForms.map(({ rules, wrapped, name }) => ({
      name: wrapped,
      text: generatedText(rules, prometheusRule(name, readRules(rules))),
    })),
    {
      name: 'alertmanagerconfig.yaml',
      text: generatedText('alertmanager.yaml', alertmanagerConfig(readAlertmanager()), [
        `It reads the Secret cloudflare-logpush-alerting in its own namespace: ${Object.values(secretKeys).join(', ')}.`,
        'By default the operator matches only alerts whose namespace label is its own namespace.',
      ]),
    },
  ]
}
