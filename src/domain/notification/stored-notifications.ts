/* The book of notifications as plain values, for the store. It holds no free text, so no secret. */

import { isObject } from '../plain-value.ts'
import {
  type NotificationBook,
  type NotificationCount,
  type NotificationSource,
  notificationSources,
  type OpenEvent,
  type SeenEvent,
} from './notification-book.ts'
import { isAlertType } from './notification-event.ts'

export function notificationsToRecord(book: NotificationBook) {
  return { ...book, readTo: [...book.readTo] }
}

/** Reads a stored book back; null when it is not one, which means that the store is damaged. */
export function notificationsFromRecord(record: unknown): NotificationBook | null {
  if (!isObject(record)) return null
  const counts = readList(record.counts, readCount)
  const seen = readList(record.seen, readSeen)
  const open = readList(record.open, readOpen)
  const readTo = readList(record.readTo, readMark)
  if (counts === null || seen === null || open === null || readTo === null) return null
  return { counts, seen, open, readTo: new Map(readTo) }
}

function readList<T>(value: unknown, read: (item: unknown) => T | null): readonly T[] | null {
  if (!Array.isArray(value)) return null
  const items: T[] = []
  for (const entry of value) {
    const item = read(entry)
    if (item === null) return null
    items.push(item)
  }
  return items
}

function readCount(value: unknown): NotificationCount | null {
  if (!isObject(value)) return null
  const { accountId, alertType, source, count } = value
  if (typeof accountId !== 'string' || !isAlertType(alertType) || !isSource(source)) return null
  return typeof count === 'number' ? { accountId, alertType, source, count } : null
}

function readSeen(value: unknown): SeenEvent | null {
  if (!isObject(value)) return null
  const { alertType, accountId, policyId, correlationId, phase, jobIds, fingerprint, source, at } = value
  if (!isAlertType(alertType) || !isSource(source) || !isTextOrNull(accountId)) return null
  if (!isTextOrNull(policyId) || !isTextOrNull(correlationId) || !Array.isArray(jobIds)) return null
  if (phase !== 'start' && phase !== 'end' && phase !== null) return null
  if (typeof fingerprint !== 'number' || typeof at !== 'number') return null
  const ids = jobIds.filter((id) => typeof id === 'string')
  return { alertType, accountId, policyId, correlationId, phase, jobIds: ids, fingerprint, source, at }
}

function readOpen(value: unknown): OpenEvent | null {
  if (!isObject(value) || typeof value.cameAt !== 'number') return null
  const event = readSeen(value.event)
  return event === null ? null : { event, cameAt: value.cameAt }
}

function readMark(value: unknown): readonly [string, number] | null {
  if (!Array.isArray(value)) return null
  const [accountId, at]: unknown[] = value
  return typeof accountId === 'string' && typeof at === 'number' ? [accountId, at] : null
}

function isSource(value: unknown): value is NotificationSource {
  return notificationSources.some((source) => source === value)
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string'
}
