/* Where what was pushed is looked for: a folder with files, or an index that holds the records. */
import { placeKey, placeTitle, type StorePlace } from '../destination/store-place.ts'
import type { ArrivalReader, RecordPlace } from './arrival-rule.ts'

export type ArrivalPlace = StorePlace | RecordPlace

/** Whether there are files to list; else records are counted. */
export function hasFiles(place: ArrivalPlace): place is StorePlace {
  return place.store !== 'elastic'
}

/** Where a rule looks for what a job pushes; null where there is nothing that it can read. */
export function placeFor(read: ArrivalReader, own: StorePlace | null): ArrivalPlace | null {
  return read.kind === 'elastic' ? read.place : own
}

/** The place as people write it. */
export function arrivalTitle(place: ArrivalPlace): string {
  return hasFiles(place) ? placeTitle(place) : `${place.url}/${place.index}`
}

/** Tells places apart: what jobs push to the same one cannot be told apart there. */
export function arrivalKey(place: ArrivalPlace): string {
  if (hasFiles(place)) return placeKey(place)
  const { url, index, timeField, query } = place
  return `elastic:${url}/${index}:${timeField}:${query ?? ''}`
}

/** What must be granted for reading, and nothing else. */
export function readRight({ store }: Pick<ArrivalPlace, 'store'>): string {
  switch (store) {
    case 's3':
    case 'r2':
      return 's3:ListBucket on the bucket'
    case 'gcs':
      return 'storage.objects.list (role Storage Object Viewer) on the bucket'
    case 'azure':
      return '"Storage Blob Data Reader" on the container, or a SAS that may list (sp with l, srt with c)'
    case 'elastic':
      return 'the index privilege read'
  }
}
