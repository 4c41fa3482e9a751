import { describeDestination } from '../../domain/destination/destination.ts'
import { visibleUrl } from '../resource/visible-url.ts'
import type { Change } from './change.ts'

/** What is gone with an object that a change deletes: as names and texts, free of secrets. Empty for other changes. */
export function lossesOf(change: Change): readonly (readonly [string, string])[] {
  if (change.change !== 'delete') return []
  switch (change.kind) {
    case 'job': {
      const { live, resource } = change.actual
      const last = live.lastComplete === null ? 'never' : new Date(live.lastComplete).toISOString()
      return [
        ['dataset', resource.dataset],
        ['destination', describeDestination(resource.destinationConf).redacted],
        ['enabled', String(resource.enabled)],
        ['last delivery', last],
      ]
    }
    case 'webhook':
      return [['url', visibleUrl(change.actual.resource.url)]]
    case 'policy': {
      const { alertType, email, webhooks, pagerduty } = change.actual.resource
      return [
        ['alert', alertType],
        ['notifies', [...email, ...webhooks, ...pagerduty].join(', ') || 'nobody'],
      ]
    }
  }
}
