import type { KindSpec } from './spec.ts'

/*
 * Kinds of destination that keep the logs: buckets, tables, streams.
 */

const bucket = { type: 'text', required: true, doc: 'Name of the bucket.' } as const
const path = {
  type: 'text',
  required: true,
  shape: 'path',
  fallback: '',
  implied: true,
  doc: 'Folder for the logs; {DATE} stands for the day, as YYYYMMDD.',
} as const
const region = { type: 'text', required: true, param: 'region', doc: 'Region, such as us-east-1.' } as const

function keys<R extends boolean>(required: R) {
  return {
    access_key_id: { type: 'hidden', required, param: 'access-key-id', doc: 'Access key id.' },
    secret_access_key: { type: 'secret', required, param: 'secret-access-key', doc: 'Secret access key.' },
  } as const
}

export const storeKinds = {
  r2: {
    title: 'Cloudflare R2',
    scheme: 'r2',
    type: 'r2',
    address: '{bucket}/{path}',
    challenge: 'never',
    pathIsPublic: true,
    fields: {
      bucket,
      path,
      account_id: {
        type: 'text',
        required: true,
        param: 'account-id',
        doc: 'Account that holds the bucket: 32 hexadecimal digits.',
      },
      ...keys(true),
    },
  },
  s3: {
    title: 'Amazon S3',
    scheme: 's3',
    type: 's3',
    address: '{bucket}/{path}',
    challenge: 'without keys',
    pathIsPublic: true,
    fields: {
      bucket,
      path,
      region,
      sse: { type: 'text', required: false, param: 'sse', doc: 'Server side encryption: AES256.' },
      ...keys(false),
    },
  },
  s3_compatible: {
    title: 'S3 compatible storage',
    scheme: 's3',
    type: 's3',
    address: '{bucket}/{path}',
    challenge: 'never',
    pathIsPublic: true,
    fields: {
      bucket,
      path,
      region,
      ...keys(true),
      endpoint: {
        type: 'text',
        required: true,
        param: 'endpoint',
        doc: 'Host of the service, without https://.',
      },
    },
  },
  gcs: {
    title: 'Google Cloud Storage',
    scheme: 'gs',
    type: 'gcs',
    address: '{bucket}/{path}',
    challenge: 'always',
    pathIsPublic: true,
    fields: { bucket, path },
  },
  azure: {
    title: 'Azure Blob Storage',
    scheme: 'azure',
    type: 'azure',
    address: '{account}.blob.core.windows.net/{container}/{path}',
    challenge: 'always',
    pathIsPublic: true,
    fields: {
      account: { type: 'text', required: true, shape: 'label', doc: 'Name of the storage account.' },
      container: { type: 'text', required: true, doc: 'Name of the container.' },
      path,
      sas: { type: 'query', required: true, doc: 'Shared access signature, as Azure prints it.' },
    },
  },
  bigquery: {
    title: 'Google BigQuery',
    scheme: 'bq',
    type: 'bigquery',
    address: 'projects/{project}/datasets/{dataset}/tables/{table}',
    challenge: 'never',
    pathIsPublic: true,
    fields: {
      project: { type: 'text', required: true, doc: 'Google Cloud project.' },
      dataset: { type: 'text', required: true, doc: 'BigQuery dataset.' },
      table: { type: 'text', required: true, doc: 'BigQuery table.' },
      credentials: {
        type: 'secret',
        required: true,
        param: 'credentials',
        doc: 'Key of a service account: its JSON, or base64:… or url:….',
      },
    },
  },
  kinesis: {
    title: 'Amazon Kinesis Data Streams',
    scheme: 'kinesis',
    type: 'kinesis',
    address: '{stream}',
    challenge: 'never',
    pathIsPublic: true,
    fields: {
      stream: { type: 'text', required: true, doc: 'Name of the stream.' },
      region,
      role_arn: { type: 'hidden', required: false, param: 'sts-assume-role-arn', doc: 'Role to assume.' },
      external_id: {
        type: 'hidden',
        required: false,
        param: 'sts-external-id',
        doc: 'External id of the role.',
      },
      ...keys(false),
    },
  },
} as const satisfies Readonly<Record<string, KindSpec>>
