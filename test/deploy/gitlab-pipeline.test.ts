import t from 'tap'
import { readYaml } from '../support/manifests.ts'
import { discussion, fakeGitlab, marker } from '../support/pipelines/forge.ts'
import { runGitlabJob, type Variables } from '../support/pipelines/gitlab.ts'
import {
  invalid,
  manifest,
  type ReviewWorld,
  reviewWorld,
  secretKey,
  wrongDataset,
} from '../support/pipelines/review-world.ts'
import { missingPrograms } from '../support/programs.ts'

/*
 * The scripts of the GitLab pipeline, run as printed against a simulated Cloudflare and GitLab’s notes API.
 */

const skip = missingPrograms('bash')
const gitlab = readYaml('deploy/provision/gitlab-ci.yml')
const repository = 'acme/logs'

function secretFile(world: ReviewWorld, name: string, text: string): string {
  return world.site.file(name, text)
}

function mergeRequest(world: ReviewWorld, forgeUrl: string, from = repository): Variables {
  return {
    CI_PIPELINE_SOURCE: 'merge_request_event',
    CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: from,
    CI_MERGE_REQUEST_PROJECT_PATH: repository,
    CI_DEFAULT_BRANCH: 'main',
    CI_API_V4_URL: `${forgeUrl}/api/v4`,
    CI_PROJECT_ID: '42',
    CI_MERGE_REQUEST_IID: '7',
    CLOUDFLARE_READ_TOKEN: secretFile(world, 'read', world.token),
    GITLAB_NOTE_TOKEN: 'gitlab-token',
  }
}

function defaultBranch(world: ReviewWorld, more: Variables = {}): Variables {
  return {
    CI_PIPELINE_SOURCE: 'push',
    CI_COMMIT_BRANCH: 'main',
    CI_DEFAULT_BRANCH: 'main',
    CLOUDFLARE_READ_TOKEN: secretFile(world, 'read', world.token),
    CLOUDFLARE_WRITE_TOKEN: secretFile(world, 'write', world.token),
    R2_ACCESS_KEY_ID: 'AKID',
    R2_SECRET_ACCESS_KEY: secretFile(world, 'key', `${secretKey}\n`),
    SECRET_FILES: 'R2_SECRET_ACCESS_KEY',
    ...more,
  }
}

t.test(
  'GitLab: the first push of a merge request adds one note with the plan, the next ones edit it',
  { skip },
  async (t) => {
    const world = await reviewWorld(t)
    const { site, push } = world
    const forge = await fakeGitlab(t, discussion())
    const plan = () => runGitlabJob(site, gitlab, 'logpush plan', mergeRequest(world, forge.url))
    const ours = () => forge.notes.filter(({ author }) => author === 'logpush-bot').map(({ body }) => body)

    const first = await plan()
    t.equal(first.result, 'success', first.log)
    t.equal(ours().length, 1)
    t.match(ours()[0], /^<!-- logpush-exporter plan -->\n### Plan: 1 to create/)

    push(manifest.replace('sre-http', 'sre-requests'))
    t.equal((await plan()).result, 'success')
    t.equal(ours().length, 1)
    t.match(ours()[0], /create\*\* job `sre-requests`/)

    push(invalid)
    const third = await plan()
    t.equal(third.result, 'failed')
    t.equal(ours().length, 1)
    t.match(ours()[0], /### The plan failed \(exit code 65\)\n\n {4}logpush/)
    t.match(ours()[0], wrongDataset)
    t.match(third.log, wrongDataset)
    t.equal(forge.notes[0]?.body, `${marker}\nnot a plan`)
  },
)

t.test('GitLab: a note that is refused fails the job with the reason', { skip }, async (t) => {
  const world = await reviewWorld(t)
  const forge = await fakeGitlab(t, [])
  const run = await runGitlabJob(world.site, gitlab, 'logpush plan', {
    ...mergeRequest(world, forge.url),
    GITLAB_NOTE_TOKEN: 'expired',
  })
  t.equal(run.result, 'failed')
  t.match(run.log, /cannot write the note: GET .*\/api\/v4\/user: 401/)
})

t.test('GitLab: a merge request from a fork gets no plan, and is told so', { skip }, async (t) => {
  const world = await reviewWorld(t)
  const fork = mergeRequest(world, '', 'someone/logs')
  const own = mergeRequest(world, '')
  t.equal((await runGitlabJob(world.site, gitlab, 'logpush plan', fork)).result, 'absent')
  t.equal((await runGitlabJob(world.site, gitlab, 'logpush fork', own)).result, 'absent')
  const { CLOUDFLARE_READ_TOKEN: _, GITLAB_NOTE_TOKEN: __, ...bare } = fork
  const told = await runGitlabJob(world.site, gitlab, 'logpush fork', bare)
  t.equal(told.result, 'success', told.log)
  t.match(told.log, /^No plan\. This merge request comes from a fork/)
  world.push(invalid)
  t.match(await runGitlabJob(world.site, gitlab, 'logpush fork', bare), {
    result: 'failed',
    log: wrongDataset,
  })
})

t.test(
  'GitLab: on the default branch exactly the saved plan is applied, when somebody starts it',
  { skip },
  async (t) => {
    const world = await reviewWorld(t)
    const variables = defaultBranch(world)
    const saved = await runGitlabJob(world.site, gitlab, 'logpush saved plan', variables)
    t.equal(saved.result, 'success', saved.log)
    t.equal(saved.manual, false)
    t.match(saved.log, /Plan: 1 to create/)
    t.strictSame(await world.liveJobs(), [])
    t.notMatch(saved.log, new RegExp(secretKey))
    const apply = await runGitlabJob(world.site, gitlab, 'logpush apply', variables)
    t.equal(apply.result, 'success', apply.log)
    t.equal(apply.manual, true)
    t.match(await world.liveJobs(), [{ destination_conf: new RegExp(`secret-access-key=${secretKey}$`) }])
    const late = await runGitlabJob(world.site, gitlab, 'logpush apply', variables)
    t.equal(late.result, 'failed')
    t.match(
      late.log,
      /the live configuration has changed since the plan was made; run plan again; nothing was changed/,
    )
  },
)

t.test('GitLab: a secret that is not set is named', { skip }, async (t) => {
  const world = await reviewWorld(t)
  const { R2_ACCESS_KEY_ID: _, ...unset } = defaultBranch(world)
  const run = await runGitlabJob(world.site, gitlab, 'logpush saved plan', unset)
  t.equal(run.result, 'failed')
  t.match(run.log, /\$\{env:R2_ACCESS_KEY_ID\}: the environment variable R2_ACCESS_KEY_ID is not set/)
  const { R2_SECRET_ACCESS_KEY: __, ...noFile } = defaultBranch(world)
  const other = await runGitlabJob(world.site, gitlab, 'logpush saved plan', noFile)
  t.equal(other.result, 'failed')
  t.match(
    other.log,
    /^The variable R2_SECRET_ACCESS_KEY, named in SECRET_FILES, is not set or is not of type File\.$/m,
  )
})

t.test('GitLab: a guard stops the plan until it is overridden by hand', { skip }, async (t) => {
  const world = await reviewWorld(t)
  await world.createByHand('sre-http')
  t.equal(
    (await runGitlabJob(world.site, gitlab, 'logpush saved plan', defaultBranch(world))).result,
    'failed',
  )
  const forced = defaultBranch(world, { FORCE: 'destination', CI_PIPELINE_SOURCE: 'web' })
  for (const job of ['logpush saved plan', 'logpush apply']) {
    const run = await runGitlabJob(world.site, gitlab, job, forced)
    t.equal(run.result, 'success', run.log)
  }
  t.match(await world.liveJobs(), [{ destination_conf: /^r2:/ }])
})
