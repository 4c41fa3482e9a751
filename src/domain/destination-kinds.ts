/*
 * Every kind of Logpush destination, as one table. Building, parsing, redaction, limits, the manifest's
 * schema and its mistakes all read it, so a new kind is one entry here.
 *
 * `address` is what stands between `scheme://` and `?`; `{name}` stands for a field. Fields with `param`
 * are query parameters. Formats: Cloudflare's "Enable destinations" pages, as of October 2026.
 */

/**
 * How a field behaves:
 * - `text`: shown as it is
 * - `hidden`: held as a secret and masked everywhere, but may stand literally in a manifest
 * - `secret`: held as a secret; a manifest must refer to it
 * - `flag`: true or false
 * - `headers`, `params`: names with secret values, sent as `header_<name>=` and `<name>=`
 * - `query`: the whole query as one secret (an Azure SAS)
 */
export type FieldType = 'text' | 'hidden' | 'secret' | 'flag' | 'headers' | 'params' | 'query'

export interface FieldSpec {
  readonly type: FieldType
  readonly required: boolean
  /** For people who write a manifest: one sentence. */
  readonly doc: string
  /** Name of the query parameter; without it the field stands in the address. */
  readonly param?: string
  /** Fixed text before the value, such as `Bearer `. */
  readonly prefix?: string
  /** What the manifest assumes when the field is left out. */
  readonly fallback?: string | boolean
  /** True when a destination that does not say it means the fallback too. */
  readonly implied?: true
  /** The only values allowed, with the text each stands for in the address. */
  readonly values?: Readonly<Record<string, string>>
  /** What may stand in the address, where a field is not one plain segment. */
  readonly shape?: 'segment' | 'label' | 'path' | 'url'
}

export interface KindSpec {
  readonly title: string
  readonly scheme: string
  /** The `destination_type` of metrics and reports; several kinds may share one. */
  readonly type: string
  readonly address: string
  /** Only hosts with one of these endings are of this kind, where the scheme alone does not say it. */
  readonly hostEndings?: readonly string[]
  /** Whether Cloudflare asks for proof that the destination is ours. */
  readonly challenge: 'always' | 'without keys' | 'never'
  /** Whether everything after the host is free of secrets. */
  readonly pathIsPublic: boolean
  readonly fields: Readonly<Record<string, FieldSpec>>
}

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
const host = { type: 'text', required: true, doc: 'Host name, with the port where it is not 443.' } as const

function keys<R extends boolean>(required: R) {
  return {
    access_key_id: { type: 'hidden', required, param: 'access-key-id', doc: 'Access key id.' },
    secret_access_key: { type: 'secret', required, param: 'secret-access-key', doc: 'Secret access key.' },
  } as const
}

function http(title: string, type: string) {
  return {
    title,
    scheme: 'https',
    type,
    challenge: 'never',
    pathIsPublic: false,
    address: '{url}',
    fields: {
      url: {
        type: 'hidden',
        required: true,
        shape: 'url',
        doc: 'Address that takes the logs, starting with https://.',
      },
      headers: { type: 'headers', required: true, doc: 'HTTP headers to send, such as Authorization.' },
      params: { type: 'params', required: true, doc: 'Query parameters to send.' },
    },
  } as const
}

export const destinationKinds = {
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
  sumo_logic: {
    title: 'Sumo Logic',
    scheme: 'sumo',
    type: 'sumo_logic',
    address: '{host}/receiver/v1/http/{collector}',
    challenge: 'always',
    pathIsPublic: false,
    fields: {
      host: { ...host, doc: 'Endpoint, such as endpoint1.collection.us2.sumologic.com.' },
      collector: { type: 'secret', required: true, doc: 'Code of the HTTP source: the end of its address.' },
    },
  },
  splunk: {
    title: 'Splunk',
    scheme: 'splunk',
    type: 'splunk',
    address: '{host}/{path}',
    challenge: 'never',
    pathIsPublic: true,
    fields: {
      host,
      path: {
        type: 'text',
        required: true,
        shape: 'path',
        fallback: 'services/collector/raw',
        doc: 'Path of the HTTP Event Collector.',
      },
      channel: { type: 'hidden', required: true, param: 'channel', doc: 'Channel: a GUID of your choice.' },
      insecure_skip_verify: {
        type: 'flag',
        required: true,
        param: 'insecure-skip-verify',
        fallback: false,
        implied: true,
        doc: 'Whether to accept a certificate that can not be verified.',
      },
      sourcetype: {
        type: 'text',
        required: true,
        param: 'sourcetype',
        doc: 'Source type of the events, such as cloudflare:json.',
      },
      token: {
        type: 'secret',
        required: true,
        param: 'header_Authorization',
        prefix: 'Splunk ',
        doc: 'Token of the HTTP Event Collector.',
      },
    },
  },
  datadog: {
    title: 'Datadog',
    scheme: 'datadog',
    type: 'datadog',
    address: 'http-intake.logs.{site}/{path}',
    challenge: 'never',
    pathIsPublic: true,
    fields: {
      site: { type: 'text', required: true, doc: 'Datadog site, such as datadoghq.com or datadoghq.eu.' },
      path: {
        type: 'text',
        required: true,
        shape: 'path',
        fallback: 'api/v2/logs',
        doc: 'Path of the log intake.',
      },
      api_key: { type: 'secret', required: true, param: 'header_DD-API-KEY', doc: 'API key.' },
      source: {
        type: 'text',
        required: false,
        param: 'ddsource',
        fallback: 'cloudflare',
        doc: 'Source of the logs; Datadog picks the pipeline by it.',
      },
      service: { type: 'text', required: false, param: 'service', doc: 'Service the logs belong to.' },
      host: { type: 'text', required: false, param: 'host', doc: 'Host the logs come from.' },
      tags: {
        type: 'hidden',
        required: false,
        param: 'ddtags',
        doc: 'Tags: key:value, separated by commas.',
      },
    },
  },
  new_relic: {
    title: 'New Relic',
    scheme: 'https',
    type: 'new_relic',
    address: 'log-api{region}.newrelic.com/log/v1',
    hostEndings: ['log-api.newrelic.com', 'log-api.eu.newrelic.com'],
    challenge: 'never',
    pathIsPublic: true,
    fields: {
      region: { type: 'text', required: true, values: { us: '', eu: '.eu' }, doc: 'us or eu.' },
      api_key: { type: 'secret', required: true, param: 'Api-Key', doc: 'License key.' },
      format: {
        type: 'text',
        required: false,
        param: 'format',
        fallback: 'cloudflare',
        doc: 'Format New Relic expects.',
      },
    },
  },
  elastic: {
    ...http('Elastic', 'elastic'),
    hostEndings: ['.elastic-cloud.com', '.elastic.co', '.found.io', '.es.io'],
  },
  http: http('HTTP', 'http'),
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
  ibm_cloud_logs: {
    title: 'IBM Cloud Logs',
    scheme: 'ibmcl',
    type: 'ibm_cloud_logs',
    address: '{instance}.ingress.{region}.logs.cloud.ibm.com/logs/v1/singles',
    challenge: 'never',
    pathIsPublic: true,
    fields: {
      instance: { type: 'text', required: true, shape: 'label', doc: 'Id of the instance.' },
      region: { type: 'text', required: true, shape: 'label', doc: 'Region, such as eu-de.' },
      api_key: { type: 'secret', required: true, param: 'ibm_api_key', doc: 'API key of IBM Cloud.' },
    },
  },
  sentinelone: {
    title: 'SentinelOne',
    scheme: 'sentinelone',
    type: 'sentinelone',
    address: '{host}/services/collector/raw',
    challenge: 'never',
    pathIsPublic: true,
    fields: {
      host,
      sourcetype: { type: 'text', required: true, param: 'sourcetype', doc: 'Source type of the events.' },
      token: {
        type: 'secret',
        required: true,
        param: 'header_Authorization',
        prefix: 'Bearer ',
        doc: 'Token with write access to the logs.',
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

export type DestinationKind = keyof typeof destinationKinds

/** The kinds in the order in which a destination is tried against them: the narrower ones first. */
export const destinationKindNames: readonly DestinationKind[] = [
  'r2',
  's3',
  's3_compatible',
  'gcs',
  'azure',
  'sumo_logic',
  'splunk',
  'datadog',
  'new_relic',
  'elastic',
  'http',
  'bigquery',
  'ibm_cloud_logs',
  'sentinelone',
  'kinesis',
]

export function isDestinationKind(name: string): name is DestinationKind {
  return Object.hasOwn(destinationKinds, name)
}

/** The entry of a kind, without the exact types of its fields. */
export function kindSpec(kind: DestinationKind): KindSpec {
  return destinationKinds[kind]
}
