// Brings the system packages that some tests use, where it may: on Debian and its kin, as root or by a sudo that
// asks for no password. Elsewhere it says what is missing; the tests that need it then skip and say so.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, readdirSync } from 'node:fs'
import { join } from 'node:path'

const onPath = (program) =>
  (process.env.PATH ?? '').split(':').some((folder) => folder !== '' && isProgram(join(folder, program)))

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Debian keeps the server's programs, of each version apart, off the PATH. */
function hasPostgresServer() {
  if (onPath('initdb')) return true
  try {
    const versions = readdirSync('/usr/lib/postgresql')
    return versions.some((version) => isProgram(`/usr/lib/postgresql/${version}/bin/initdb`))
  } catch {
    return false
  }
}

/** Debian package → whether what the tests need of it is there. */
const wanted = new Map([
  ['prometheus', () => onPath('promtool') && onPath('prometheus')],
  ['prometheus-alertmanager', () => onPath('amtool')],
  ['chromium', () => onPath('chromium')],
  ['jq', () => onPath('jq')],
  ['curl', () => onPath('curl')],
  ['unzip', () => onPath('unzip')],
  ['systemd', () => onPath('systemd-analyze') && onPath('systemd-sysusers')],
  ['bsdutils', () => onPath('script')],
  ['postgresql', hasPostgresServer],
])

/**
 * All at once, and one by one where a name is unknown to this distribution. Only the programs are wanted: a policy keeps the packages from starting services, and PostgreSQL's from making a
 * cluster. Both are as before when it ends.
 */
const install = `
set -eu
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
cluster=/etc/postgresql-common/createcluster.conf
undo() {
  [ -z "\${own_policy-}" ] || rm -f "$policy"
  [ -z "\${kept-}" ] || { cat "$kept" > "$cluster"; rm -f "$kept"; }
}
trap undo EXIT
if [ ! -e "$policy" ]; then
  own_policy=yes
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod +x "$policy"
fi
get() { apt-get install -y -qq --no-install-recommends "$@" > /dev/null; }
apt-get update -qq > /dev/null
case " $* " in *' postgresql '*)
  if get postgresql-common && [ -e "$cluster" ]; then
    kept=$(mktemp)
    cat "$cluster" > "$kept"
    echo 'create_main_cluster = false' >> "$cluster"
  fi ;;
esac
get "$@" || for name in "$@"; do get "$name" || true; done
`

const say = (text) => process.stderr.write(`${text}\n`)
const missing = () => [...wanted].filter(([, isThere]) => !isThere()).map(([name]) => name)

/** How to become root without being asked, or null. */
function rootBy() {
  if (process.getuid?.() === 0) return []
  return onPath('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
    ? ['sudo', '-n']
    : null
}

const needed = missing()
if (needed.length > 0) {
  const become = onPath('apt-get') ? rootBy() : null
  if (become !== null) {
    say(`Installing ${needed.join(', ')} for the tests …`)
    const [program, ...args] = [...become, 'sh', '-c', install, 'sh', ...needed]
    spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  const left = missing()
  if (left.length > 0)
    say(
      `Not installed, so the tests that need them are skipped: ${left.join(', ')} (on Debian, as root: apt-get install ${left.join(' ')}).`,
    )
}
