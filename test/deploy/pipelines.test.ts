import { readFileSync } from 'node:fs'
import t from 'tap'
import { parseAllDocuments } from 'yaml'
import { parseManifest } from '../../src/commands/manifest-files.ts'
import { argumentProblem } from '../support/exporter-args.ts'
import { readYaml } from '../support/manifests.ts'
import { podSecurityProblems } from '../support/pod-security.ts'
import { at, entriesAt, findAll, listAt, textAt } from '../support/tree.ts'

/*
 * The pipelines: examples for provisioning, and this repository's own.
 */

const version: string = JSON.parse(readFileSync('package.json', 'utf8')).version
const examples = {
  gitlab: readYaml('deploy/provision/gitlab-ci.yml'),
  github: readYaml('deploy/provision/github-actions.yml'),
  tekton: parseAllDocuments(readFileSync('deploy/provision/tekton.yaml', 'utf8')).map((each): unknown =>
    each.toJS(),
  ),
}

/** The command lines of the program in a shell script, without redirections and what follows. */
function commandLines(script: string): readonly (readonly string[])[] {
  return script
    .replace(/\\\n\s*/g, ' ')
    .replace(/\$\{FORCE:\+"([^}]*)"\}/g, '$1')
    .replaceAll('$FORCE', 'deletes')
    .split('\n')
    .flatMap((line) => /(?:^|\s)(provision (?:validate|plan|apply)\b[^>|&]*)/.exec(line)?.[1] ?? [])
    .map((line) => line.trim().replaceAll('"', '').split(/\s+/))
}

t.test('the examples call the program as it wants to be called', async (t) => {
  const scripts = [
    ...findAll(examples.gitlab, (node) => Array.isArray(Reflect.get(node, 'script'))).flatMap(({ node }) =>
      listAt(node, 'script').map(String),
    ),
    ...findAll(examples.github, (node) => 'run' in node).map(({ node }) => textAt(node, 'run')),
  ]
  const lines = scripts.flatMap(commandLines)
  const tasks = findAll(examples.tekton, (node) => textAt(node, 'name') === 'arguments' && 'value' in node)
  const all = [...lines, ...tasks.map(({ node }) => ['provision', ...listAt(node, 'value').map(String)])]
  t.equal(all.length, 11, 'four in GitLab, four in GitHub, three in Tekton')
  for (const line of all) t.equal(await argumentProblem(line), null, line.join(' '))
  t.match(await argumentProblem(['provision', 'plan', '--file=x', '--auto-approve']), /unknown flag/)
})

t.test('the examples never write before a review', async (t) => {
  for (const rule of listAt(examples.gitlab, 'logpush apply', 'rules')) {
    t.match(textAt(rule, 'if'), /^\$CI_COMMIT_BRANCH == \$CI_DEFAULT_BRANCH/)
    t.equal(textAt(rule, 'when'), 'manual')
  }
  t.equal(textAt(examples.github, 'jobs', 'apply', 'environment'), 'logpush')
  t.equal(textAt(examples.github, 'jobs', 'apply', 'needs'), 'plan')
  t.match(textAt(examples.github, 'jobs', 'plan', 'if'), /^github\.event_name != 'pull_request' && /)
  t.strictSame(at(examples.github, 'on', 'push', 'branches'), ['main'])
  for (const text of ['gitlab-ci.yml', 'github-actions.yml']) {
    const source = readFileSync(`deploy/provision/${text}`, 'utf8')
    t.notMatch(source, /provision plan[^\n]*WRITE_TOKEN/, 'a plan gets by with the token for plans')
    t.notMatch(source, /provision apply --file/, 'only a saved plan is applied')
  }
})

t.test('a merge request is planned offline, and its jobs are handed no secret of the manifest', async (t) => {
  const preview = findAll(at(examples.github, 'jobs', 'preview'), (node) => 'env' in node)
  const secrets = preview.flatMap(({ node }) => entriesAt(node, 'env').map(([, value]) => String(value)))
  t.strictSame(
    secrets.filter((value) => value.includes('secrets.')),
    [`\${{ secrets.CLOUDFLARE_READ_TOKEN }}`],
  )
  const [task] = findAll(examples.tekton, (node) => textAt(node, 'name') === 'logpush-preview')
  const pipeline = examples.tekton.find((each) => at(each, 'metadata') === task?.node)
  t.strictSame(
    listAt(pipeline, 'spec', 'tasks', 0, 'params').map((param) => textAt(param, 'name')),
    ['arguments'],
  )
  const plans = [
    textAt(examples.github, 'jobs', 'preview', 'steps', 1, 'run'),
    String(listAt(examples.gitlab, 'logpush plan', 'script')[0]),
    listAt(pipeline, 'spec', 'tasks', 0, 'params', 0, 'value').join(' '),
  ]
  for (const plan of plans) t.match(plan, /plan --file=\S+ --offline /)
})

t.test('the examples name the version of this package', async (t) => {
  for (const file of ['gitlab-ci.yml', 'github-actions.yml', 'tekton.yaml']) {
    const named = readFileSync(`deploy/provision/${file}`, 'utf8').matchAll(
      /logpush-exporter[@:](\d+\.\d+\.\d+)/g,
    )
    const versions = [...named].map((match) => match[1])
    t.ok(versions.length > 0, file)
    for (const each of versions) t.equal(each, version, file)
  }
})

t.test('the Tekton task runs under the restricted pod security standard', async (t) => {
  const steps = listAt(examples.tekton[0], 'spec', 'steps').map((step) => ({
    ...Object(step),
    resources: at(step, 'computeResources'),
  }))
  t.strictSame(podSecurityProblems({ automountServiceAccountToken: false, containers: steps }), [])
  t.match(textAt(steps, 0, 'script'), /^#!\/usr\/local\/bin\/node\n/, 'the image has no shell')
})

t.test('every action is pinned by commit, and no job gets more than it names', async (t) => {
  for (const file of [
    '.github/workflows/ci.yml',
    '.github/workflows/release.yml',
    'deploy/provision/github-actions.yml',
  ]) {
    const workflow = readYaml(file)
    const uses = findAll(workflow, (node) => 'uses' in node).map(({ node }) => textAt(node, 'uses'))
    t.ok(uses.length > 0, file)
    for (const action of uses) t.match(action, /^[\w-]+\/[\w.-]+@[0-9a-f]{40}$/, file)
    t.strictSame(at(workflow, 'permissions'), {}, `${file} grants nothing by default`)
    for (const [name, job] of entriesAt(workflow, 'jobs'))
      t.ok(entriesAt(job, 'permissions').length > 0, `${file} ${name}`)
    const checkouts = findAll(workflow, (node) => textAt(node, 'uses').startsWith('actions/checkout@'))
    for (const { node } of checkouts) t.equal(at(node, 'with', 'persist-credentials'), false, file)
    t.notMatch(
      readFileSync(file, 'utf8'),
      /run:[^\n]*\$\{\{ *github\.event/,
      'no text of an event runs in a shell',
    )
  }
})

t.test('the release publishes image, package and chart with provenance and a list of parts', async (t) => {
  const release = readFileSync('.github/workflows/release.yml', 'utf8')
  for (const part of [
    'npm publish --provenance',
    'provenance: mode=max',
    'sbom: true',
    'npm run --silent sbom',
    'helm push',
    'BUILD_IMAGE=',
    'RUNTIME_IMAGE=',
  ]) {
    t.ok(release.includes(part), part)
  }
  t.match(readYaml('.github/workflows/release.yml'), {
    jobs: { package: { permissions: { 'id-token': 'write' } } },
  })
})

t.test('the manifests that ship as examples have no mistake', async (t) => {
  for (const file of [
    'deploy/components/drift-manifest/manifest.yaml',
    'deploy/provision/cronjob/manifest.yaml',
  ]) {
    const read = parseManifest([{ file, text: readFileSync(file, 'utf8') }])
    t.strictSame(read.ok ? read.warnings : read.problems, [], file)
  }
})
