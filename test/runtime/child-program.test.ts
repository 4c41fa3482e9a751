import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import t from 'tap'
import { findProgram, freePorts, startProgram } from '../../src/runtime/child-program.ts'

/* Programs that run beside ours. */

const node = (script: string) => startProgram(process.execPath, ['-e', script])

t.test('what a program complains of last is told when it ends', async (t) => {
  t.equal(await node('console.error("  no such file\\n"); console.log("never seen")').ended, 'no such file')
  t.equal(await node('').ended, '')
  const long = await node('process.stderr.write("a".repeat(1999) + "b".repeat(2000))').ended
  t.equal(long, 'b'.repeat(2_000))
})

t.test('a program that is not there has ended, and says so', async (t) => {
  const child = startProgram(join(tmpdir(), 'no-such-program'), [])
  t.match(await child.ended, /ENOENT/)
  await child.stop()
})

t.test('stop asks a program to end, waits for it, and keeps nothing for it', async (t) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const before = process.listenerCount('exit')
  const child = node(
    `process.on('SIGTERM', () => { console.error('told'); process.exit() }); require('node:net').connect(${address.port}, '127.0.0.1')`,
  )
  t.equal(process.listenerCount('exit'), before + 1, 'it does not outlive us')
  await once(server, 'connection')
  await child.stop()
  t.equal(await child.ended, 'told')
  t.equal(process.listenerCount('exit'), before)
})

t.test('the first program that is there, in the first folder that has it, and may be run', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'programs-'))
  t.teardown(() => rmSync(home, { recursive: true }))
  const put = (folder: string, name: string, mode: number) => {
    mkdirSync(join(home, folder), { recursive: true })
    const path = join(home, folder, name)
    writeFileSync(path, '')
    chmodSync(path, mode)
    return path
  }
  const first = put('one', 'podman', 0o755)
  const second = put('two', 'podman', 0o755)
  const docker = put('two', 'docker', 0o755)
  put('one', 'docker', 0o644)
  const path = ['one', 'two'].map((name) => join(home, name)).join(delimiter)
  t.equal(findProgram(['podman'], path), first)
  t.equal(findProgram(['podman'], join(home, 'two')), second)
  t.equal(findProgram(['docker', 'podman'], path), docker, 'the order of the names counts first')
  t.equal(findProgram(['other', 'podman'], `${delimiter}${path}`), first)
  t.equal(findProgram(['other'], path), null)
  t.equal(findProgram(['podman'], undefined), null)
})

t.test('an empty folder in the path is not the one we are in', async (t) => {
  t.equal(findProgram(['package.json'], ''), null)
  t.equal(findProgram([process.execPath], ''), null)
})

t.test('free ports differ and can be used', async (t) => {
  const ports = await freePorts(3)
  t.equal(new Set(ports).size, 3)
  t.ok(ports.every((port) => port > 0))
  for (const port of ports) {
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    await new Promise((resolve) => server.close(resolve))
  }
  t.same(await freePorts(0), [])
})
