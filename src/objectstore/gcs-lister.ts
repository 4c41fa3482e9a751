import { setMaxListeners } from 'node:events'
import { readRight } from '../domain/arrival/arrival-place.ts'
import { isObject } from '../domain/plain-value.ts'
import { startDeadline } from '../ports/deadline.ts'
import { limitedText } from '../ports/limited-text.ts'
import type { ListPage, ListRequest, ObjectLister } from '../ports/object-lister.ts'
import { type GcsSettings, gcsFailure, openGcs } from './gcs-access.ts'
import { listedObject, pageUntil } from './list-page.ts'
import { inspectThrown, listTask, storeFailure, type Thrown } from './store-failure.ts'

/*
 * Lists Google Cloud Storage, which takes both ends of what is wanted. The client only finds the credentials. It reads
 * answers in a callback of the connection, where one that is not what it expects, such as an empty one, ends the
 * process; and a page of HTML is an empty list to it.
 */

const grant = `grant ${readRight({ store: 'gcs' })} to the credentials in use`
export const gcsPageSize = 1_000
/** A page of the longest names is far below this. */
const maxBytes = 16 * 2 ** 20

export function createGcsLister(settings: GcsSettings = {}): ObjectLister {
  const { fetch = globalThis.fetch, timeoutMs = 10_000 } = settings
  const storage = openGcs(settings)
  const ask = async (request: ListRequest, signal: AbortSignal) => {
    const url = addressOf(storage.baseUrl, request)
    const headers = storage.customEndpoint ? {} : await storage.authClient.getRequestHeaders(url)
    setMaxListeners(0, signal)
    const deadline = startDeadline(signal, timeoutMs)
    try {
      const answer = await fetch(url, { headers, signal: deadline.signal })
      return { status: answer.status, text: await limitedText(answer.body, maxBytes) }
    } finally {
      deadline.release()
    }
  }
  return {
    async list(request, { signal }) {
      const task = listTask(request.place)
      const refused = (thrown: Thrown) => gcsFailure(thrown, task, grant)
      let answer: Awaited<ReturnType<typeof ask>>
      try {
        signal.throwIfAborted()
        answer = await ask(request, signal)
      } catch (error) {
        throw refused(inspectThrown(error))
      }
      const { status, text } = answer
      const thrown = { code: '', status, message: '' }
      if (status !== 200) throw refused(thrown)
      const page = text === null ? null : pageIn(text, request)
      if (page !== null) return page
      throw storeFailure(
        'bad_response',
        task,
        thrown,
        'check that the endpoint is that of Google Cloud Storage',
      )
    },
    close() {},
  }
}

function addressOf(baseUrl: string, { place, prefix, after, until, flat, cursor }: ListRequest): string {
  const query = new URLSearchParams({
    prefix,
    startOffset: after,
    endOffset: until,
    maxResults: String(gcsPageSize),
    // When it was last updated would move with each change of its storage class.
    fields: 'items(name,size,timeCreated),nextPageToken',
    ...(flat ? { delimiter: '/' } : {}),
    ...(cursor === null ? {} : { pageToken: cursor }),
  })
  return `${baseUrl}/b/${encodeURIComponent(place.bucket)}/o?${query}`
}

/** Null for what is no list. One without items is empty. */
function pageIn(text: string, request: ListRequest): ListPage | null {
  const answer = parsed(text)
  if (!isObject(answer) || answer.error !== undefined) return null
  const { items = [], nextPageToken: next } = answer
  if (!Array.isArray(items)) return null
  const objects = items.flatMap((item: unknown) => {
    const { name, size, timeCreated } = isObject(item) ? item : {}
    return listedObject(name, Number(size), Date.parse(String(timeCreated)))
  })
  const cursor = typeof next === 'string' && next !== '' ? next : null
  return pageUntil(request, objects, { last: objects.at(-1)?.key ?? '', cursor })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
