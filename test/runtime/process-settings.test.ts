import module, { syncBuiltinESMExports } from 'node:module'
import { join, resolve } from 'node:path'
import v8 from 'node:v8'
import t from 'tap'
import { silenceAwsAdvice } from '../../src/runtime/aws-advice.ts'
import { keepCompiledCode } from '../../src/runtime/compiled-code.ts'
import { defer } from '../../src/runtime/defer.ts'
import { preferSmallHeap } from '../../src/runtime/small-heap.ts'

/* What the program asks of Node before it begins. */

t.test('the heap is kept small by the flags that were measured', async (t) => {
  const { setFlagsFromString } = v8
  const flags: string[] = []
  Object.assign(v8, { setFlagsFromString: (flag: string) => void flags.push(flag) })
  syncBuiltinESMExports()
  t.teardown(() => {
    Object.assign(v8, { setFlagsFromString })
    syncBuiltinESMExports()
  })
  preferSmallHeap()
  t.strictSame(flags, [
    '--semi-space-growth-factor=1',
    '--optimize-for-size',
    '--no-wasm-tier-up',
    '--no-wasm-dynamic-tiering',
  ])
  for (const flag of flags) t.doesNotThrow(() => setFlagsFromString(flag), 'and V8 knows it')
})

t.test('compiled code is kept beside the program, where Node can keep it', async (t) => {
  const own = Object.getOwnPropertyDescriptor(module, 'enableCompileCache')
  t.teardown(() => {
    if (own === undefined) Reflect.deleteProperty(module, 'enableCompileCache')
    else Object.defineProperty(module, 'enableCompileCache', own)
  })
  const folders: string[] = []
  const keep = (value: unknown): void => {
    Object.defineProperty(module, 'enableCompileCache', { value, configurable: true })
    keepCompiledCode()
  }
  keep((folder: string) => void folders.push(folder))
  t.strictSame(folders, [join(resolve('.'), '.cache/compiled')])
  t.doesNotThrow(() => keep(undefined))
  Reflect.deleteProperty(module, 'enableCompileCache')
  t.doesNotThrow(keepCompiledCode)
})

t.test('AWS gives no advice about Node, unless somebody wants it', async (t) => {
  const name = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'
  const before = process.env[name]
  t.teardown(() => {
    if (before === undefined) Reflect.deleteProperty(process.env, name)
    else process.env[name] = before
  })
  Reflect.deleteProperty(process.env, name)
  silenceAwsAdvice()
  t.equal(process.env[name], 'true')
  process.env[name] = 'false'
  silenceAwsAdvice()
  t.equal(process.env[name], 'false')
})

t.test('what is deferred comes soon, after what is waiting', async (t) => {
  const order: string[] = []
  await new Promise<void>((resolve) => {
    setImmediate(() => order.push('waiting'))
    defer(() => {
      order.push('deferred')
      resolve()
    })
    order.push('now')
  })
  t.strictSame(order, ['now', 'waiting', 'deferred'])
})
