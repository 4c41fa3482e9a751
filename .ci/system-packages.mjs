// Brings the system packages that some tests use, where it may: Debian's, as root. Elsewhere it says what is
// missing; the tests that need it then skip and say so.
import { spawnSync } from 'node:child_process'

/** Program → Debian package. */
const wanted = new Map([
  ['promtool', 'prometheus'],
  ['amtool', 'prometheus-alertmanager'],
  ['chromium', 'chromium'],
  ['jq', 'jq'],
  ['curl', 'curl'],
])

const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
const say = (text) => process.stderr.write(`${text}\n`)

const missing = [...wanted].filter(([program]) => !has(program)).map(([, name]) => name)
if (missing.length > 0) {
  const mayInstall = process.getuid?.() === 0 && has('apt-get')
  if (!mayInstall) {
    say(
      `Not installed, so the tests that need them are skipped: ${missing.join(', ')} (on Debian: apt-get install ${missing.join(' ')}).`,
    )
  } else {
    say(`Installing ${missing.join(', ')} for the tests …`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    // Only the programs are wanted: a policy script keeps the packages from starting their services.
    const policy =
      'printf "#!/bin/sh\\nexit 101\\n" > /usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d'
    const keep = has('test') && spawnSync('test', ['-e', '/usr/sbin/policy-rc.d']).status === 0
    if (!keep) spawnSync('sh', ['-c', policy])
    const update = spawnSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
    const install = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    if (!keep) spawnSync('rm', ['-f', '/usr/sbin/policy-rc.d'])
    if (update.status !== 0 || install.status !== 0)
      say(`Could not install ${missing.join(', ')}: the tests that need them are skipped.`)
  }
}
