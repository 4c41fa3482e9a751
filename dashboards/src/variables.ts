import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { exporterFilter, scopeFilter } from './expressions.ts'

/** Every panel, variable and annotation asks the data source that the reader chose. */
export const datasource = { type: 'prometheus', uid: `\${datasource}` }

const all = { selected: true, text: 'All', value: '$__all' }

export function datasourceVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .description('The Prometheus that scrapes the exporter.')
    .type('prometheus')
}

function queryVariable(
  name: string,
  label: string,
  description: string,
  query: string,
): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(datasource)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalCaseInsensitiveAsc)
}

function everything(variable: QueryVariableBuilder, allValue: string): QueryVariableBuilder {
  return variable.multi(true).includeAll(true).allValue(allValue).current(all)
}

const build = 'cloudflare_logpush_exporter_build_info'
const info = 'cloudflare_logpush_job_info'

/** Prometheus' own `job` and `instance`: which exporter. */
export function exporterVariables(): QueryVariableBuilder[] {
  return [
    everything(
      queryVariable('job', 'Job', "Prometheus' scrape job of the exporter.", `label_values(${build}, job)`),
      '.+',
    ),
    everything(
      queryVariable(
        'instance',
        'Instance',
        'The exporter replicas to read.',
        `label_values(${build}{job=~"$job"}, instance)`,
      ),
      '.+',
    ),
  ]
}

/**
 * Account, then zone within it. "All" matches the empty text too: jobs of an account have no zone,
 * and a chosen zone leaves them out.
 */
export function scopeVariables(): QueryVariableBuilder[] {
  return [
    everything(
      queryVariable(
        'account',
        'Account',
        'Cloudflare accounts.',
        `label_values(cloudflare_logpush_up{${exporterFilter}}, account)`,
      ),
      '.*',
    ),
    everything(
      queryVariable(
        'zone',
        'Zone',
        'Zones of the accounts. "All" includes the jobs that belong to an account itself.',
        `label_values(cloudflare_logpush_up{${exporterFilter}, account=~"$account"}, zone)`,
      ),
      '.*',
    ),
  ]
}

/** The jobs of the chosen zones, listed by name; the value is the job id. */
function jobIdVariable(description: string): QueryVariableBuilder {
  const titled = `label_join(${info}{${scopeFilter}}, "title", " ", "job_name", "dataset", "zone")`
  return queryVariable(
    'job_id',
    'Logpush job',
    description,
    `query_result(max by (job_id, title) (${titled}))`,
  ).regex('/job_id="(?<value>[^"]*)".*title="(?<text>[^"]*?) *"/')
}

export function jobIdsVariable(): QueryVariableBuilder {
  return everything(jobIdVariable('Logpush jobs of the chosen accounts and zones.'), '.*')
}

export function oneJobVariable(): QueryVariableBuilder {
  return jobIdVariable('The Logpush job to look at.')
}

/** Lowest level of trouble the job table shows. */
export function showVariable(): CustomVariableBuilder {
  return new CustomVariableBuilder('show')
    .label('Table shows')
    .description(
      'Whether the job table lists only the jobs in trouble or all, which takes a while for very many.',
    )
    .values('Jobs in trouble : 2, All jobs : 0')
    .current({ selected: true, text: 'Jobs in trouble', value: '2' })
}
