import {
  emptyBook,
  type NotificationBook,
  recordEvent,
  type SeenEvent,
} from '../../src/domain/notification/notification-book.ts'

const noon = Date.UTC(2026, 10, 24, 12)

/** That job 1 was disabled, as a webhook said at noon. */
export function aSeenEvent(edit: Partial<SeenEvent> = {}): SeenEvent {
  return {
    alertType: 'failing_logpush_job_disabled_alert',
    accountId: 'a',
    policyId: 'p',
    correlationId: null,
    phase: null,
    jobIds: ['1'],
    fingerprint: 1,
    source: 'webhook',
    at: noon,
    ...edit,
  }
}

/** How an event is recorded at noon that nobody has heard of before. */
export const usualRecording = { now: noon, count: true, followUp: true }

/** A book in which these events were recorded, one after the other. */
export function bookOf(...events: readonly SeenEvent[]): NotificationBook {
  return events.reduce((book, event) => recordEvent(book, event, usualRecording) ?? book, emptyBook)
}
