import ts from 'typescript'
import type { Manifest } from './manifests.ts'

interface Validated {
  validate(): void
}

/** Where the model of a kind lives; its interface is the kind's name with an I before it. */
const packages: Readonly<Record<string, string>> = {
  v1: 'kubernetes-models/v1',
  'apps/v1': 'kubernetes-models/apps/v1',
  'batch/v1': 'kubernetes-models/batch/v1',
  'networking.k8s.io/v1': 'kubernetes-models/networking.k8s.io/v1',
  'policy/v1': 'kubernetes-models/policy/v1',
  'monitoring.coreos.com/v1': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
  'monitoring.coreos.com/v1alpha1': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1',
}

function modelOf({ apiVersion, kind }: Manifest): string {
  const folder = packages[apiVersion]
  if (folder === undefined) throw new Error(`no schema is known for ${apiVersion} ${kind}`)
  return `${folder}/${kind}`
}

/** What the published schema of the object's kind says against it; null when nothing. */
export async function schemaProblem(manifest: Manifest): Promise<string | null> {
  const module: unknown = await import(modelOf(manifest))
  const model: unknown = Reflect.get(Object(module), manifest.kind)
  if (typeof model !== 'function') return `${manifest.apiVersion} has no kind ${manifest.kind}`
  const object: Validated = Reflect.construct(model, [manifest.body])
  try {
    object.validate()
    return null
  } catch (error) {
    return `${manifest.kind} ${manifest.name}: ${error instanceof Error ? error.message : String(error)}`
  }
}

/**
 * Fields that the kinds do not have. The schemas above are open, but the interfaces beside them are not: each
 * object is written as a literal of its interface, and the compiler names what does not belong.
 */
export function unknownFields(all: readonly Manifest[]): readonly string[] {
  const manifests = [...new Map(all.map((manifest) => [JSON.stringify(manifest.body), manifest])).values()]
  const file = `${process.cwd()}/test/deploy/rendered.ts`
  const lines = manifests.map(
    (manifest, index) =>
      `export const object${index}: import('${modelOf(manifest)}').I${manifest.kind} = ${JSON.stringify(manifest.body)}`,
  )
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    lib: ['lib.es2023.d.ts'],
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  }
  const host = ts.createCompilerHost(options)
  const { readFile, fileExists, getSourceFile } = host
  host.fileExists = (path) => path === file || fileExists(path)
  host.readFile = (path) => (path === file ? lines.join('\n') : readFile(path))
  host.getSourceFile = (path, ...rest) =>
    path === file
      ? ts.createSourceFile(path, lines.join('\n'), ts.ScriptTarget.ES2023)
      : getSourceFile(path, ...rest)
  const program = ts.createProgram([file], options, host)
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const line = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line
    const manifest = line === undefined ? undefined : manifests[line]
    const where = manifest === undefined ? '' : `${manifest.kind} ${manifest.name}: `
    return where + ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')
  })
}
