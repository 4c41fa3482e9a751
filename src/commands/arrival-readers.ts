import type { CommandIo } from '../cli/command-io.ts'
import { Secret } from '../domain/secret.ts'
import { createElasticCounter } from '../elastic/elastic-counter.ts'
import { ApiFailure } from '../errors.ts'
import { type ArrivalReaders, createArrivalReaders } from '../exporter/arrival/arrival-readers.ts'
import { createObjectLister } from '../objectstore/object-lister.ts'
import { readSecretFile } from '../runtime/secret-file.ts'
import { storeSettings } from './object-stores.ts'

/** What reads destinations, with the credentials that each platform's own tools use. */
export function openReaders(env: CommandIo['env']): ArrivalReaders {
  return createArrivalReaders({
    lister: (read) => createObjectLister(read, storeSettings(env)),
    counter: ({ apiKeyFile }) =>
      createElasticCounter({ authorization: () => elasticAuthorization(apiKeyFile, env) }),
  })
}

/** An API key, or a name and a password. Null: Elasticsearch is asked without. @throws ApiFailure for a file. */
function elasticAuthorization(path: string | null, env: CommandIo['env']): Secret | null {
  if (path !== null) {
    const file = readSecretFile(path)
    if (file.ok) return new Secret(`ApiKey ${file.text.trim()}`)
    throw new ApiFailure('auth', `cannot read the API key: ${file.reason}; check api_key_file in the rule`, {
      operation: 'count records',
    })
  }
  const { ELASTIC_API_KEY: key = '', ELASTIC_USERNAME: name = '', ELASTIC_PASSWORD: password = '' } = env
  if (key !== '') return new Secret(`ApiKey ${key}`)
  return name === '' ? null : new Secret(`Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`)
}
