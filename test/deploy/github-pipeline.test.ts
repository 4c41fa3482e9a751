import t from 'tap'
import { readYaml } from '../support/manifests.ts'
import { discussion, fakeGithub, marker } from '../support/pipelines/forge.ts'
import { type Contexts, evaluate, runGithubJob } from '../support/pipelines/github.ts'
import { invalid, manifest, reviewWorld, secretKey, wrongDataset } from '../support/pipelines/review-world.ts'
import { missingPrograms } from '../support/programs.ts'

/*
 * The scripts of the GitHub workflow, run as printed against a simulated Cloudflare and GitHub’s comments API.
 */

const skip = missingPrograms('bash', 'curl', 'jq')
const github = readYaml('deploy/provision/github-actions.yml')

const repository = 'acme/logs'

function pullRequest(token: string, from = repository): Contexts {
  return {
    github: {
      event_name: 'pull_request',
      repository,
      ref: 'refs/pull/7/merge',
      token: 'github-token',
      event: { pull_request: { number: 7, head: { repo: { full_name: from } } } },
    },
    secrets: { CLOUDFLARE_READ_TOKEN: token },
    inputs: {},
  }
}

function merged(
  token: string,
  more: { readonly secrets?: object; readonly inputs?: object; readonly changes?: string } = {},
): Contexts {
  return {
    github: {
      event_name: more.inputs === undefined ? 'push' : 'workflow_dispatch',
      repository,
      ref: 'refs/heads/main',
    },
    secrets: {
      CLOUDFLARE_READ_TOKEN: token,
      CLOUDFLARE_WRITE_TOKEN: token,
      R2_ACCESS_KEY_ID: 'AKID',
      R2_SECRET_ACCESS_KEY: secretKey,
      ...more.secrets,
    },
    inputs: more.inputs ?? {},
    needs: { plan: { outputs: { changes: more.changes ?? 'true' } } },
  }
}

t.test(
  'GitHub: the first push of a pull request adds one note with the plan, the next ones edit it',
  { skip },
  async (t) => {
    const { site, token, push } = await reviewWorld(t)
    const forge = await fakeGithub(t, discussion())
    const preview = () => runGithubJob(site, github, 'preview', pullRequest(token), forge.url)
    const ours = () =>
      forge.notes.filter(({ author }) => author === 'github-actions[bot]').map(({ body }) => body)

    const first = await preview()
    t.equal(first.result, 'success', first.log)
    t.equal(ours().length, 1)
    t.match(ours()[0], /^<!-- logpush-exporter plan -->\n### Plan: 1 to create/)
    t.match(ours()[0], /create\*\* job `sre-http`/)
    t.equal(`${first.summary}`, ours()[0], 'the summary shows the same')

    push(manifest.replace('sre-http', 'sre-requests'))
    const second = await preview()
    t.equal(second.result, 'success', second.log)
    t.equal(ours().length, 1)
    t.match(ours()[0], /create\*\* job `sre-requests`/)

    push(invalid)
    const third = await preview()
    t.equal(third.result, 'failure')
    t.equal(ours().length, 1)
    t.match(ours()[0], /### The plan failed \(exit code 65\)\n\n {4}logpush/)
    t.match(ours()[0], wrongDataset)
    t.match(third.log, wrongDataset, 'the log says so too')
    t.equal(forge.notes[0]?.body, `${marker}\nnot a plan`, 'nobody else’s note is touched')
  },
)

t.test('GitHub: a note that is refused fails the job with the reason', { skip }, async (t) => {
  const { site, token } = await reviewWorld(t)
  const forge = await fakeGithub(t, [])
  const contexts = pullRequest(token)
  const denied = { ...contexts, github: { ...Object(contexts.github), token: 'expired' } }
  const run = await runGithubJob(site, github, 'preview', denied, forge.url)
  t.equal(run.result, 'failure')
  t.match(run.log, /error: 401/)
})

t.test(
  'GitHub: a pull request from a fork gets no token and no plan, and is told so',
  { skip },
  async (t) => {
    const { site, push } = await reviewWorld(t)
    const contexts = pullRequest('', 'someone/logs')
    t.equal((await runGithubJob(site, github, 'preview', contexts)).result, 'skipped')
    t.equal(
      (await runGithubJob(site, github, 'fork', pullRequest(''))).result,
      'skipped',
      'of the repository itself',
    )
    const valid = await runGithubJob(site, github, 'fork', contexts)
    t.equal(valid.result, 'success', valid.log)
    t.match(valid.log, /::notice title=No plan for a fork::No plan: this pull request comes from a fork/)
    t.match(valid.summary, /A maintainer can push the branch to this repository/)
    push(invalid)
    const wrong = await runGithubJob(site, github, 'fork', contexts)
    t.equal(wrong.result, 'failure')
    t.match(wrong.log, wrongDataset)
  },
)

t.test('GitHub: after the merge exactly the approved plan is applied', { skip }, async (t) => {
  const { site, token, liveJobs } = await reviewWorld(t)
  const plan = await runGithubJob(site, github, 'plan', merged(token))
  t.equal(plan.result, 'success', plan.log)
  t.strictSame(plan.outputs, { changes: 'true' })
  t.match(plan.summary, /### Plan: 1 to create/)
  t.strictSame(await liveJobs(), [], 'nothing is written before the approval')
  t.notMatch(plan.log + plan.summary, new RegExp(secretKey))

  const apply = await runGithubJob(site, github, 'apply', merged(token))
  t.equal(apply.result, 'success', apply.log)
  t.match(await liveJobs(), [
    { name: 'sre-http', destination_conf: new RegExp(`access-key-id=AKID&secret-access-key=${secretKey}$`) },
  ])

  const again = await runGithubJob(site, github, 'plan', merged(token))
  t.strictSame(again.outputs, { changes: 'false' })
  t.equal((await runGithubJob(site, github, 'apply', merged(token, again.outputs))).result, 'skipped')
})

t.test('GitHub: apply refuses a plan that the world has overtaken', { skip }, async (t) => {
  const { site, token, liveJobs, createByHand, push } = await reviewWorld(t)
  await runGithubJob(site, github, 'plan', merged(token))
  await createByHand('sre-http')
  const before = await liveJobs()
  const apply = await runGithubJob(site, github, 'apply', merged(token))
  t.equal(apply.result, 'failure')
  t.match(
    apply.log,
    /plan\.json: the live configuration has changed since the plan was made; run plan again; nothing was changed/,
  )
  push(manifest.replace('[RayID, ClientIP]', '[RayID]'))
  const other = await runGithubJob(site, github, 'apply', merged(token))
  t.match(
    other.log,
    /plan\.json: the manifest has changed since the plan was made; run plan again; nothing was changed/,
  )
  t.strictSame(await liveJobs(), before)
})

t.test('GitHub: a secret that is not set is named before anything is planned', { skip }, async (t) => {
  const { site, token } = await reviewWorld(t)
  const contexts = merged(token, { secrets: { R2_SECRET_ACCESS_KEY: undefined } })
  for (const job of ['plan', 'apply']) {
    await runGithubJob(site, github, 'plan', merged(token))
    const run = await runGithubJob(site, github, job, contexts)
    t.equal(run.result, 'failure')
    t.match(
      run.log,
      /^::error title=Secret missing::The secret R2_SECRET_ACCESS_KEY is not set in this environment or repository; [^\n]*\n$/,
    )
  }
})

t.test('GitHub: a guard stops the plan until it is overridden by hand', { skip }, async (t) => {
  const { site, token, createByHand, liveJobs } = await reviewWorld(t)
  await createByHand('sre-http')
  const stopped = await runGithubJob(site, github, 'plan', merged(token))
  t.equal(stopped.result, 'failure')
  t.match(stopped.summary, /Guard destination:/)
  const forced = merged(token, { inputs: { force: 'destination' } })
  t.strictSame((await runGithubJob(site, github, 'plan', forced)).outputs, { changes: 'true' })
  const unforced = await runGithubJob(site, github, 'apply', merged(token))
  t.equal(unforced.result, 'failure', 'apply objects by itself')
  const apply = await runGithubJob(site, github, 'apply', forced)
  t.equal(apply.result, 'success', apply.log)
  t.match(await liveJobs(), [{ destination_conf: /^r2:/ }])
})

t.test('expressions that the tests do not understand fail them', async (t) => {
  t.throws(() => evaluate('contains(github.ref, 1)', { github: {} }), /not understood/)
  t.equal(evaluate("github.a == 'b' && github.c != 'd'", { github: { a: 'b', c: 'e' } }), 'true')
})
