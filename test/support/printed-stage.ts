/* What the commands of the documents find when they are typed, and what is typed in place of what cannot be had. */

interface Exception {
  readonly matches: RegExp
  readonly why: string
}

/** Commands that are parsed, and not run. */
export const exceptions: readonly Exception[] = [
  { matches: /^npm (ci|cit)\b(?! && npm run demo)/, why: 'downloads; .ci/run does it with an empty HOME' },
  {
    matches: /npm (test|run (check|test:long|bench|scale|mutation|test:image))\b/,
    why: 'minutes, or a step of CI',
  },
  { matches: /^node --import tsx --test/, why: 'these are tests themselves' },
  { matches: /^node --import tsx test\/bench\//, why: 'minutes to an hour' },
  { matches: /^promtool test rules/, why: 'half a minute; test/alerts/rules.test.ts runs it' },
  { matches: /^npm run audit/, why: 'asks a package registry' },
  {
    matches: /^npm run sbom/,
    why: 'npm reads no linked node_modules; test/deploy/supply-chain.test.ts runs it',
  },
  { matches: /npm (install|pack)\b/, why: 'a registry; test/package packs and installs' },
  { matches: /with-alerting/, why: 'test/e2e/demo-alerting.test.ts runs it' },
  { matches: /^docker /, why: 'a Docker engine' },
  { matches: /^oc /, why: 'an OpenShift cluster; test/deploy evaluates the Template' },
  { matches: /^helm test|port-forward|cloudflare_logpush_up/, why: 'a pod that runs in a cluster' },
  { matches: /^systemctl|^install -D|^journalctl/, why: "root's own folders, and systemd as process 1" },
  { matches: /^terraform /, why: 'Terraform; its answer is a file of the stage' },
  { matches: /pagerduty connect/, why: 'a person at PagerDuty in a browser' },
]

interface LongRunning {
  readonly matches: RegExp
  /** What it writes when it is ready. */
  readonly until: RegExp
}

/** Commands that stay until Ctrl-C. */
export const longRunning: readonly LongRunning[] = [
  { matches: /npm run demo( +#.*)?$/, until: /Ctrl-C/ },
  { matches: /logpush-exporter serve/, until: /listening/ },
  { matches: /logpush-exporter simulate/, until: /Ground truth/ },
  { matches: /^node dist\/main\.js$/, until: /listening/ },
]

const manifest = `version: 1
account: { id: "\${env:CLOUDFLARE_ACCOUNT_ID}" }
owner: printed
jobs:
  - name: printed-audit-logs
    scope: account
    dataset: audit_logs_v2
    destination: { r2: { bucket: audit, path: "{DATE}", account_id: 0123456789abcdef0123456789abcdef, access_key_id: key, secret_access_key: "\${env:R2_SECRET}" } }
  - name: sre-http
    scope: account
    dataset: gateway_http
    destination: { r2: { bucket: http, path: "{DATE}", account_id: 0123456789abcdef0123456789abcdef, access_key_id: key, secret_access_key: "\${env:R2_SECRET}" } }
`

/** `terraform show -json` of one job. */
const shown = JSON.stringify({
  format_version: '1.0',
  values: {
    root_module: {
      resources: [
        {
          mode: 'managed',
          type: 'cloudflare_logpush_job',
          values: {
            account_id: '0123456789abcdef0123456789abcdef',
            name: 'audit',
            dataset: 'audit_logs',
            destination_conf: 's3://quay-logs/audit?region=us-east-1',
          },
        },
      ],
    },
  },
})

const namespace = `externalResources:
- provider: cloudflare
  resources:
  - provider: logpush_job
    identifier: http
    name: audit
    dataset: audit_logs
    destination_conf: s3://quay-logs/audit?region=us-east-1
    enabled: true
`

/** Files that the reader has, by the names that the documents give them. */
export function filesNamed(token: string): readonly (readonly [string, string])[] {
  const keys = [
    'KEYFILE',
    'URLFILE',
    'WEBHOOKSECRET',
    'FILE',
    'FILE0',
    'FILE1',
    'FILE2',
    'TOKENFILE',
    'token',
  ]
  return [
    ...keys.map((name) => [name, token] as const),
    ['token.txt', token],
    ['logpush.yaml', manifest],
    ['show.json', shown],
    ['namespace.yaml', namespace],
  ]
}

export interface Stand {
  readonly text: string
  /** A command of the reader's own before it, or null. */
  readonly before: string | null
  /** It is rendered and checked by kubectl and helm, without a cluster. */
  readonly needsCluster: boolean
}

const withoutCluster: readonly (readonly [RegExp, string])[] = [
  [/^kubectl apply -k (\S+)$/, 'kubectl kustomize $1'],
  [/^kubectl (?:--?\S+ )*apply (?:--?\S+ )*-f (\S+)$/, 'kubectl label --local -o yaml -f $1 printed=yes'],
  [/^kubectl (.*)apply (?:--\S+ )*-f (\S+)$/, 'kubectl label --local -o yaml -f $2 printed=yes'],
  [/^(kubectl .*\bcreate .*)$/, '$1 --dry-run=client -o yaml'],
  [/^helm (?:install|upgrade --install) (.*)$/, 'helm template $1'],
]

/** What the reader has done before a command, where the page says so in words. */
const preparations: readonly (readonly [RegExp, string])[] = [
  [
    /import (--owner|show\.json|namespaces)/,
    'rm -f logpush.yaml && mkdir -p namespaces && cp namespace.yaml namespaces/',
  ],
  [
    /ownership request/,
    'cp examples/provision/worker-logs-s3-manual.yaml logpush.yaml && rm -r buckets/quay-logs "$HOME"/.cache && logpush-exporter provision destroy -f logpush.yaml --yes',
  ],
]

/** What is typed in place of a command that needs what is not here. */
const stands: readonly (readonly [RegExp, string])[] = [
  [/^npm ci && /, ''],
  // The simulated token sees one account; docs-examples.test.ts applies this to two.
  [
    /^logpush-exporter (?:provision (?:plan|apply) +-f |check --manifest\.file=)examples\/provision\/fleet$/,
    'logpush-exporter provision validate -f examples/provision/fleet',
  ],
  // The simulator has written the challenge to the folder that stands for the buckets.
  [/^aws s3 cp "\S+" (\S+)$/, 'cp buckets/quay-logs/workers/*/ownership-challenge-*.txt $1'],
  // A person at a terminal answers its question.
  [/^(logpush-exporter provision (?:apply|rotate|ownership request) .*)$/, '$1 --yes'],
]

export function standFor(text: string): Stand {
  const before = preparations.find(([pattern]) => pattern.test(text))?.[1] ?? null
  const cluster = withoutCluster.find(([pattern]) => pattern.test(text))
  if (cluster !== undefined) return { text: text.replace(...cluster), before, needsCluster: true }
  return {
    text: stands.reduce((typed, [pattern, other]) => typed.replace(pattern, other), text),
    before,
    needsCluster: false,
  }
}

/**
 * The only difference between what is printed and what is typed that keeps out of the way of others: ports are free
 * ones, and the `…` of a token is a token.
 */
export function outOfTheWay(text: string, ports: ReadonlyMap<string, string>, token: string): string {
  return text
    .replace(/\b(10199|10198|9093)\b/g, (port) => ports.get(port) ?? port)
    .replace('CLOUDFLARE_API_TOKEN=…', `CLOUDFLARE_API_TOKEN=${token}`)
    .replace(/^npm run demo(?=$| +#)/, `npm run demo -- --listen=127.0.0.1:${ports.get('10199')}`)
    .replace(/^logpush-exporter simulate/, `$& --listen=127.0.0.1:${ports.get('10198')}`)
}

/** What a command must show; it is repeated until it does, since pages say "after half a minute". */
export function outputOf(text: string): RegExp | null {
  return text.startsWith('curl') ? /^cloudflare_/m : null
}
