// graphql-request imports a parser and a printer from the whole of graphql, which the simulator runs on. In one bundle
// the exporter would load all of that at each start; it gets the folder that has what it needs.
import { resolve } from 'node:path'

export const slimGraphql = {
  name: 'slim-graphql',
  setup(build) {
    build.onResolve({ filter: /^graphql$/ }, ({ importer }) =>
      /graphql-request\/build\/legacy\/(helpers\/analyzeDocument|lib\/graphql)\.js$/.test(importer)
        ? { path: resolve('node_modules/graphql/language/index.mjs'), sideEffects: false }
        : undefined,
    )
  },
}
