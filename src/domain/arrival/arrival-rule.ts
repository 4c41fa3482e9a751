/* What the settings say about reading destinations: for which jobs, how, and how exactly both sides must agree. */

/** All that is given must be equal. Accounts and zones by id or name. */
export interface ArrivalMatch {
  readonly jobId?: string
  readonly jobName?: string
  readonly dataset?: string
  readonly zone?: string
  readonly account?: string
  readonly destinationType?: string
  readonly bucket?: string
}

/** How files are read. What is not given is taken from the destination, and credentials from the platform's own chain. */
export type FileReader =
  | {
      readonly kind: 's3' | 'r2'
      readonly region?: string
      readonly endpoint?: string
      readonly forcePathStyle?: boolean
      /** A profile of the AWS configuration files. */
      readonly profile?: string
    }
  | { readonly kind: 'gcs'; readonly endpoint?: string; readonly credentialsFile?: string }
  | { readonly kind: 'azure'; readonly endpoint?: string }

/** Documents of Elasticsearch. */
export interface RecordPlace {
  readonly store: 'elastic'
  /** Address of Elasticsearch, without a slash at the end. */
  readonly url: string
  /** Index, data stream or pattern. */
  readonly index: string
  /** The field that says when a document came in. */
  readonly timeField: string
  /** Which documents are those of the jobs, in Lucene's query syntax; null: all. */
  readonly query: string | null
}

/** How records are counted, where a destination has no files. */
export interface RecordReader {
  readonly kind: 'elastic'
  readonly place: RecordPlace
  /** A file with an API key; null: credentials from the environment. */
  readonly apiKeyFile: string | null
}

export type ArrivalReader = FileReader | RecordReader

export interface ArrivalRule {
  readonly match: ArrivalMatch
  readonly read: ArrivalReader
  readonly intervalMs: number
  /** The share of what was pushed that must arrive within an hour, 0 to 1. */
  readonly tolerance: number
  /** How long after a newer file one may still come and be counted. */
  readonly lateWindowMs: number
}

export interface ArrivalSubject {
  readonly jobId: string
  readonly jobName: string
  readonly dataset: string
  /** Null for a job of an account. */
  readonly zone: Named | null
  readonly account: Named
  readonly destinationType: string
  /** Null where there is none. */
  readonly bucket: string | null
}

interface Named {
  readonly id: string
  readonly name: string
}

/** The first rule that fits counts; null: the job's destination is not read. */
export function ruleFor(rules: readonly ArrivalRule[], subject: ArrivalSubject): ArrivalRule | null {
  return rules.find(({ match }) => fits(match, subject)) ?? null
}

export function fits(match: ArrivalMatch, subject: ArrivalSubject): boolean {
  const equal = (wanted: string | undefined, found: string | null): boolean =>
    wanted === undefined || wanted === found
  const named = (wanted: string | undefined, found: Named | null): boolean =>
    wanted === undefined || wanted === found?.id || wanted === found?.name
  return (
    equal(match.jobId, subject.jobId) &&
    equal(match.jobName, subject.jobName) &&
    equal(match.dataset, subject.dataset) &&
    named(match.zone, subject.zone) &&
    named(match.account, subject.account) &&
    equal(match.destinationType, subject.destinationType) &&
    equal(match.bucket, subject.bucket)
  )
}
