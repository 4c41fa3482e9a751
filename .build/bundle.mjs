// Bundles src/main.ts and its packages to dist/. The exporter's own path stays in the entry chunk;
// commands that it does not need (provision, demo, simulate, check) become chunks that load when called.
import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

const pkg = JSON.parse(readFileSync('package.json', 'utf8'))
const revision = process.env.SOURCE_REVISION ?? 'unknown'

rmSync('dist', { recursive: true, force: true })
const result = await build({
  entryPoints: { main: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  sourcesContent: false,
  // Names stay, so that a reported stack can be read; the rest is less to parse at each start.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // lmdb carries a native library, which finds itself by its own folder.
  external: ['lmdb'],
  // The module form of packages can be shaken: graphql alone shrinks to a quarter.
  mainFields: ['module', 'main'],
  define: {
    LOGPUSH_EXPORTER_VERSION: JSON.stringify(pkg.version),
    LOGPUSH_EXPORTER_REVISION: JSON.stringify(revision),
  },
  // CommonJS packages inside the bundle still call require() for Node's own modules.
  banner: {
    js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
  },
  chunkNames: 'chunks/[name]-[hash]',
  metafile: true,
  logLevel: 'warning',
})
chmodSync('dist/main.js', 0o755)
const bytes = Object.entries(result.metafile.outputs)
  .filter(([name]) => name.endsWith('.js'))
  .reduce((sum, [, o]) => sum + o.bytes, 0)
process.stdout.write(
  `dist/main.js built: ${(bytes / 1e6).toFixed(1)} MB in ${Object.keys(result.metafile.outputs).filter((n) => n.endsWith('.js')).length} files\n`,
)
