import type { KindSpec } from './spec.ts'

/* Kinds of destination that take logs over HTTP: collectors of log services. */

const host = {
  type: 'text',
  required: true,
  shape: 'host',
  doc: 'Host name, with the port where it is not 443.',
} as const

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

export const collectorKinds = {
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
        doc: 'Whether to accept a certificate that cannot be verified.',
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
        // Older forms carry the API key in the path.
        values: { 'api/v2/logs': 'api/v2/logs', 'v1/input': 'v1/input' },
        fallback: 'api/v2/logs',
        doc: 'Path of the log intake: api/v2/logs or v1/input.',
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
    limits: { bytes: 'fixed', records: 'fixed', intervalSeconds: 'fixed' },
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
    limits: { bytes: { min: 1, max: 5_000_000 } },
  },
  elastic: {
    ...http('Elastic', 'elastic'),
    hostEndings: ['.elastic-cloud.com', '.elastic.co', '.found.io', '.es.io'],
  },
  http: http('HTTP', 'http'),
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
    limits: { bytes: { min: 1, max: 2_000_000 } },
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
} as const satisfies Readonly<Record<string, KindSpec>>
