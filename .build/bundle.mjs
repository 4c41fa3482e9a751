// Bundles src/main.ts and its packages to dist/. The exporter's own path stays in the entry chunk;
// commands that it does not need (provision, demo, simulate, check) become chunks that load when called.
import { chmodSync, rmSync } from 'node:fs'
import { build } from 'esbuild'
import { bundleOptions, own } from './bundle-options.mjs'
import { noteBundled } from './bundled.mjs'
import { sourceRevision } from './revision.mjs'

rmSync('dist', { recursive: true, force: true })
const { metafile } = await build({
  ...bundleOptions,
  define: {
    LOGPUSH_EXPORTER_VERSION: JSON.stringify(own.version),
    LOGPUSH_EXPORTER_REVISION: JSON.stringify(sourceRevision()),
  },
})
chmodSync('dist/main.js', 0o755)
noteBundled(metafile)
const scripts = Object.entries(metafile.outputs).filter(([name]) => name.endsWith('.js'))
const bytes = scripts.reduce((sum, [, output]) => sum + output.bytes, 0)
process.stdout.write(`dist/main.js built: ${(bytes / 1e6).toFixed(1)} MB in ${scripts.length} files\n`)
