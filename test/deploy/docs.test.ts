import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { permissions } from '../../src/commands/check/check-grants.ts'
import { command as serve } from '../../src/commands/serve/serve.ts'
import { readYaml } from '../support/manifests.ts'
import { at, listAt, textAt } from '../support/tree.ts'

/*
 * What deploy/ says, in its README and in its comments, is so.
 */

const readme = readFileSync('deploy/README.md', 'utf8')
const files = readdirSync('deploy', { recursive: true, encoding: 'utf8' })
  .map((name) => join('deploy', name))
  .filter((path) => statSync(path).isFile() && !path.includes('/files/'))
const settings = Object.values(serve.options)

t.test('every flag and every variable that is named anywhere exists', async (t) => {
  const flags = new Set(settings.map(({ flag }) => flag))
  const variables = new Set(settings.map(({ env }) => env))
  let named = 0
  for (const path of [...files, 'Dockerfile', '.github/SECURITY.md']) {
    const text = readFileSync(path, 'utf8')
    const pattern =
      /(?<![\w-])--((?:web|cloudflare|health|inventory|discovery|job|state|notifications|manifest|compat|log)\.[a-z.-]*[a-z]|shard|total-shards)\b/g
    for (const [whole, flag] of text.matchAll(pattern)) {
      named += 1
      t.ok(flags.has(flag ?? ''), `${path}: ${whole}`)
    }
    for (const [name] of text.matchAll(/\bLOGPUSH_EXPORTER_[A-Z_]*[A-Z]\b(?!_)/g)) {
      if (name !== 'LOGPUSH_EXPORTER_IMAGE') t.ok(variables.has(name), `${path}: ${name}`)
    }
  }
  t.ok(named > 30, `${named} flags`)
})

t.test('the permissions are those that `check` asks for', async (t) => {
  for (const { permission, dashboard } of Object.values(permissions)) {
    const shown = dashboard.replace('Edit', '**Edit**')
    t.ok(readme.includes(`| ${shown} | ${permission} |`), `${shown}: ${permission}`)
  }
})

t.test('every file and folder that the README names is there', async (t) => {
  const linked = [...readme.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '')
  for (const target of linked) t.ok(existsSync(join('deploy', target)), target)
  const named = [...readme.matchAll(/\b(deploy\/[\w./-]+\w)/g)].map((match) => match[1] ?? '')
  t.ok(named.length > 5)
  for (const path of named) t.ok(existsSync(path), path)
  const inside = [...readme.matchAll(/`((?:overlays|provision|openshift|ci|components)\/[\w./-]+)`/g)].map(
    (match) => match[1] ?? '',
  )
  for (const path of inside) {
    t.ok(existsSync(join('deploy', path)) || existsSync(join('deploy/helm/logpush-exporter', path)), path)
  }
  for (const name of readdirSync('deploy/components')) t.match(readme, `\`${name}\``, `the component ${name}`)
})

t.test('the parameters of the Template are all explained', async (t) => {
  const template = readYaml('deploy/openshift/logpush-exporter.yaml')
  for (const parameter of listAt(template, 'parameters')) t.match(readme, `\`${textAt(parameter, 'name')}\``)
})

t.test('every value that the README sets is one of the chart’s', async (t) => {
  const values = readYaml('deploy/helm/logpush-exporter/values.yaml')
  // A flag of the program has dashes before it.
  const paths = [...readme.matchAll(/(?<![\w.-])((?:[a-z][A-Za-z]+\.)+[a-z][A-Za-z]+)=/g)].map(
    (match) => match[1] ?? '',
  )
  t.ok(paths.length > 10)
  for (const path of paths) {
    const [section = ''] = path.split('.')
    if (section === 'serviceMonitor' && path.endsWith('.release')) continue
    t.not(at(values, ...path.split('.')), undefined, path)
  }
})

t.test('its anchors lead somewhere', async (t) => {
  const anchors = new Set(
    [...readme.matchAll(/^#+ (.+)$/gm)].map((match) =>
      (match[1] ?? '')
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    ),
  )
  for (const [, anchor] of readme.matchAll(/\]\(#([^)]+)\)/g)) t.ok(anchors.has(anchor ?? ''), `#${anchor}`)
})
