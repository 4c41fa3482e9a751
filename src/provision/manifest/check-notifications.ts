import { jobDisabledAlert } from '../../domain/notification/notification.ts'
import { didYouMean, quoted } from '../../domain/positioned.ts'
import { Secret } from '../../domain/secret.ts'
import { hasReference } from '../resource/reference.ts'
import { visibleUrl } from '../resource/visible-url.ts'
import { found, type Report } from './report.ts'
import type { PolicyValue, WebhookValue } from './schema.ts'
import type { Path } from './tree.ts'

export function checkWebhook(report: Report, webhook: WebhookValue, path: Path): void {
  if (hasReference(webhook.url)) return
  const mistake = webhookUrlMistake(webhook.url)
  if (mistake !== null) {
    report.error(
      [...path, 'url'],
      `expected ${mistake}, found ${quoted(visibleUrl(new Secret(webhook.url)))}`,
    )
  }
}

/** What a webhook's address should have been; null when it is fine. Cloudflare calls ports 80 and 443 only. */
export function webhookUrlMistake(text: string): string | null {
  if (!/^https?:\/\/[^\s]+$/.test(text) || !URL.canParse(text)) return 'an http or https address'
  const { port, protocol, hostname } = new URL(text)
  const usual = protocol === 'https:' ? 443 : 80
  if (![80, 443].includes(port === '' ? usual : Number(port))) return 'an address on port 80 or 443'
  const isLocal = hostname === 'localhost' || /^(?:127|10|192\.168)\./.test(hostname)
  return isLocal ? 'an address that can be reached from the internet' : null
}

export function checkPolicy(report: Report, policy: PolicyValue, path: Path): void {
  const { email = [], pagerduty = [] } = policy
  const named = policy.webhooks ?? []
  if (email.length + named.length + pagerduty.length === 0) {
    report.error(path, 'expected at least one of email, webhooks, pagerduty, found none')
  }
  for (const [index, address] of email.entries()) {
    const here = [...path, 'email', index]
    if (!hasReference(address) && !/^[^\s@]+@[^\s@]+$/.test(address)) {
      report.error(here, `expected an e-mail address, found ${found(report.source, here)}`)
    }
  }
  if (policy.alert !== jobDisabledAlert) {
    const hint = didYouMean(policy.alert, [jobDisabledAlert])
    if (hint !== '') report.warn([...path, 'alert'], `unknown alert ${quoted(policy.alert)}${hint}`)
  }
}
