import { type KindSpec, like } from './spec.ts'

/* Kinds of destination that keep the logs: buckets, tables, streams. */

/** Where the destination carries its own credentials. */
const otherwise = 'check the destination and its credentials'
const bucketPolicy =
  'allow arn:aws:iam::391854517948:user/cloudflare-logpush to s3:PutObject in the bucket policy, and check the region'

const bucket = { type: 'text', required: true, doc: 'Name of the bucket.' } as const
const path = {
  type: 'text',
  required: true,
  shape: 'path',
  fallback: '',
  implied: true,
  dated: true,
  doc: 'Folder for the logs; {DATE} stands for the day, as YYYYMMDD.',
} as const
const region = { type: 'text', required: true, param: 'region', doc: 'Region, such as us-east-1.' } as const

/** A region of Amazon's where Cloudflare can write. */
function expectedAwsRegion(text: string): string | null {
  if (!/^[a-z]{2,3}(?:-[a-z]+)+-\d{1,2}$/.test(text)) return 'a region of AWS such as us-east-1'
  if (text.startsWith('cn-')) return 'a region outside China, where Cloudflare does not write'
  return text.startsWith('us-gov-') ? 'another region: GovCloud is only reached as s3_compatible' : null
}

const awsRegion = { ...region, expects: expectedAwsRegion } as const

/** Either key without the other is an error. */
const bothKeys = (has: (field: string) => boolean): readonly string[] => {
  const pair = ['access_key_id', 'secret_access_key'] as const
  return pair.flatMap((one, index) => {
    const other = pair[1 - index]
    return has(one) && other !== undefined && !has(other) ? [`${one} needs ${other} beside it`] : []
  })
}

function expectedSas(text: string): string | null {
  if (!/(?:^|[?&])sig=/.test(text)) return 'a shared access signature such as sv=…&sig=…'
  const types = /(?:^|[?&])srt=([^&]*)/.exec(text)?.[1]
  // Cloudflare refuses anything wider.
  return types === undefined || types === 'o' ? null : 'a shared access signature for objects only (srt=o)'
}

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
        expects: like(/^[0-9a-f]{32}$/, 'an account id of 32 hexadecimal digits'),
      },
      ...keys(true),
    },
    objects: { store: 'r2', grant: otherwise },
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
      region: awsRegion,
      sse: {
        type: 'text',
        required: false,
        param: 'sse',
        doc: 'Server side encryption: AES256.',
        expects: like(/^AES256$/, 'AES256'),
      },
      ...keys(false),
    },
    together: bothKeys,
    objects: { store: 's3', grant: bucketPolicy },
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
        expects: like(/^[\w.-]+(?::\d+)?$/, 'a host name without https:// and path'),
      },
    },
    objects: { store: 's3', grant: bucketPolicy },
  },
  gcs: {
    title: 'Google Cloud Storage',
    scheme: 'gs',
    type: 'gcs',
    address: '{bucket}/{path}',
    challenge: 'always',
    pathIsPublic: true,
    fields: { bucket, path },
    objects: {
      store: 'gcs',
      grant:
        'give logpush@cloudflare-data.iam.gserviceaccount.com the role Storage Object Admin on the bucket',
    },
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
      sas: {
        type: 'query',
        required: true,
        doc: 'Shared access signature, as Azure prints it.',
        expects: expectedSas,
      },
    },
    objects: {
      store: 'azure',
      grant:
        'use a SAS of the blob service (ss=b) that may write objects (srt=o, sp with w) and has not expired',
    },
    placeDepth: 1,
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
    limits: { bytes: { min: 1, max: 10_000_000 }, records: { min: 1, max: 50_000 } },
    placeDepth: Number.POSITIVE_INFINITY,
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
      region: awsRegion,
      role_arn: { type: 'hidden', required: false, param: 'sts-assume-role-arn', doc: 'Role to assume.' },
      external_id: {
        type: 'hidden',
        required: false,
        param: 'sts-external-id',
        doc: 'External id of the role.',
      },
      ...keys(false),
    },
    together: (has) => [
      ...bothKeys(has),
      ...(has('external_id') && !has('role_arn') ? ['external_id needs role_arn beside it'] : []),
      ...(has('role_arn') === has('access_key_id')
        ? ['expected either role_arn, or access_key_id and secret_access_key']
        : []),
    ],
  },
} as const satisfies Readonly<Record<string, KindSpec>>
