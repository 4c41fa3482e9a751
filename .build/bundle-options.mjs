// How src/ becomes dist/: shared by the build and by those who ask what the bundle is made of.
import { readFileSync } from 'node:fs'
import { slimGraphql } from './slim-graphql.mjs'

/** This package's own package.json. */
export const own = JSON.parse(readFileSync('package.json', 'utf8'))

/** What the bundle leaves outside. It is exactly what package.json promises to install beside it. */
export const outside = Object.keys(own.dependencies)

/** esbuild's options, all but what it puts in for the version and the revision. */
export const bundleOptions = {
  entryPoints: { main: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // For whoever reads a reported stack, at the revision it names; they do not ship, so nothing links to them.
  sourcemap: 'external',
  sourcesContent: false,
  // Names stay, so that a reported stack can be read; the rest is less to parse at each start.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // A package with a native library finds it by its own folder.
  external: outside,
  alias: {
    // node-fetch takes it only where Node has no URL of its own: 0.3 MB for nothing.
    'whatwg-url': 'node:url',
    '@fastify/ajv-compiler': './.build/no-schema-compiler.cjs',
    '@fastify/fast-json-stringify-compiler': './.build/no-schema-compiler.cjs',
  },
  plugins: [slimGraphql],
  // The module form of packages can be shaken: graphql alone shrinks to a quarter.
  mainFields: ['module', 'main'],
  // CommonJS packages inside the bundle still call require() for Node's own modules.
  banner: {
    js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
  },
  chunkNames: 'chunks/[name]-[hash]',
  metafile: true,
  logLevel: 'warning',
}
