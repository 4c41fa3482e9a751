import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { BlobServiceClient } from '@azure/storage-blob'
import type { FileReader } from '../../src/domain/arrival/arrival-rule.ts'
import { Secret } from '../../src/domain/secret.ts'
import type { StoreSettings } from '../../src/objectstore/store-settings.ts'
import type { ObjectStore } from '../../src/simulator/store/object-store.ts'
import { azuriteAccount, startAzurite, startGcs, startS3 } from './object-stores.ts'

/** A real store, or an emulator of one, that a simulated Cloudflare pushes to and the exporter lists. */
export interface LogStore {
  /** The destination of the job, and how it is read. */
  readonly destinationConf: string
  readonly read: FileReader
  readonly settings: StoreSettings
  readonly logStore: ObjectStore
  /** Objects that were put and their sizes, as written. */
  readonly put: { files: number; bytes: number }
  stop(): Promise<void>
}

const bucket = 'quay-logs'
const keys = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }

export const logStoreKinds = ['s3', 'r2', 'gcs', 'azure'] as const
export type LogStoreKind = (typeof logStoreKinds)[number]

/** The body at its whole length. */
function whole(body: string | Uint8Array, bytes: number | undefined): Buffer {
  const head = Buffer.from(body)
  return bytes === undefined || bytes <= head.length ? head : Buffer.concat([head], bytes)
}

function counting(put: LogStore['put'], write: (key: string, body: Buffer) => Promise<unknown>): ObjectStore {
  return {
    async put(_bucket, key, body, { bytes }) {
      const object = whole(body, bytes)
      await write(key, object)
      put.files += 1
      put.bytes += object.length
    },
  }
}

export async function startLogStore(kind: LogStoreKind): Promise<LogStore> {
  const put = { files: 0, bytes: 0 }
  switch (kind) {
    case 's3':
    case 'r2': {
      const store = await startS3([bucket])
      const client = new S3Client({
        endpoint: store.endpoint,
        forcePathStyle: true,
        region: 'us-east-1',
        credentials: keys,
      })
      const credentials = {
        accessKeyId: new Secret(keys.accessKeyId),
        secretAccessKey: new Secret(keys.secretAccessKey),
      }
      return {
        destinationConf:
          kind === 's3'
            ? `s3://${bucket}/http/{DATE}?region=us-east-1`
            : `r2://${bucket}/http/{DATE}?account-id=${'a'.repeat(32)}&access-key-id=a&secret-access-key=b`,
        read: { kind, endpoint: store.endpoint },
        settings: { s3: { credentials } },
        logStore: counting(put, (Key, Body) =>
          client.send(new PutObjectCommand({ Bucket: bucket, Key, Body })),
        ),
        put,
        async stop() {
          client.destroy()
          await store.stop()
        },
      }
    }
    case 'gcs': {
      const objects = new Map<string, string>()
      const store = await startGcs(objects)
      return {
        destinationConf: `gs://${bucket}/http/{DATE}`,
        read: { kind, endpoint: store.endpoint },
        settings: {},
        logStore: counting(put, async (key, body) =>
          objects.set(`${bucket}/${key}`, body.toString('latin1')),
        ),
        put,
        stop: store.stop,
      }
    }
    case 'azure': {
      const store = await startAzurite([bucket])
      const container = BlobServiceClient.fromConnectionString(store.connectionString).getContainerClient(
        bucket,
      )
      return {
        destinationConf: `azure://${azuriteAccount.name}.blob.core.windows.net/${bucket}/http/{DATE}?sp=w&sig=x`,
        read: { kind },
        settings: { azure: { connectionString: new Secret(store.connectionString) } },
        logStore: counting(put, (key, body) => container.getBlockBlobClient(key).uploadData(body)),
        put,
        stop: store.stop,
      }
    }
  }
}
