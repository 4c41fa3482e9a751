import { ListObjectsV2Command, type ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3'
import { readRight } from '../domain/arrival/arrival-place.ts'
import type { StorePlace } from '../domain/destination/store-place.ts'
import type { ListPage, ListRequest, ObjectLister } from '../ports/object-lister.ts'
import type { KeyPair } from '../ports/object-reader.ts'
import { listedObject, pageUntil } from './list-page.ts'
import { type S3Settings, s3ClientConfig, s3Failure, whereIs } from './s3-access.ts'
import { listTask } from './store-failure.ts'

/*
 * Lists S3, R2 and what speaks the same: it begins after a key, so that a look costs what is new. A connection is kept
 * for each endpoint and region.
 */

export interface S3ListerSettings extends S3Settings {
  readonly forcePathStyle?: boolean | undefined
  readonly profile?: string | undefined
  /** Used where no profile is named. */
  readonly credentials?: KeyPair | undefined
}

const grant = `grant ${readRight({ store: 's3' })} to the credentials in use`
export const s3PageSize = 1_000

export function createS3Lister(settings: S3ListerSettings = {}): ObjectLister {
  const clients = new Map<string, S3Client>()
  const clientFor = (place: StorePlace): S3Client => {
    const { region, endpoint } = whereIs(place, settings)
    const key = `${region} ${endpoint}`
    const known = clients.get(key)
    if (known !== undefined) return known
    const client = new S3Client(
      s3ClientConfig({
        region,
        endpoint,
        forcePathStyle: settings.forcePathStyle ?? true,
        credentials: settings.profile === undefined ? (settings.credentials ?? null) : null,
        profile: settings.profile,
        timeoutMs: settings.timeoutMs,
      }),
    )
    clients.set(key, client)
    return client
  }

  return {
    async list(request, { signal }) {
      const { place, prefix, after, flat, cursor } = request
      try {
        const command = new ListObjectsV2Command({
          Bucket: place.bucket,
          Prefix: prefix,
          StartAfter: after,
          MaxKeys: s3PageSize,
          EncodingType: 'url',
          ...(flat ? { Delimiter: '/' } : {}),
          ...(cursor === null ? {} : { ContinuationToken: cursor }),
        })
        return pageOf(await clientFor(place).send(command, { abortSignal: signal }), request)
      } catch (error) {
        throw s3Failure(error, listTask(place), grant)
      }
    },
    close() {
      for (const client of clients.values()) client.destroy()
      clients.clear()
    },
  }
}

function pageOf(answer: ListObjectsV2CommandOutput, request: ListRequest): ListPage {
  const objects = (answer.Contents ?? []).flatMap(({ Key, Size, LastModified }) =>
    listedObject(Key && decoded(Key), Size, LastModified?.getTime()),
  )
  const folders = (answer.CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? [])
  const [folder, key] = [decoded(folders.at(-1) ?? ''), objects.at(-1)?.key ?? '']
  const next = answer.IsTruncated === true ? (answer.NextContinuationToken ?? null) : null
  return pageUntil(request, objects, { last: folder > key ? folder : key, cursor: next })
}

/** Keys come encoded: an XML text cannot hold all that a key can. A plus sign is a space. */
function decoded(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '))
}
