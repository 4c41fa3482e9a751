import { DockerfileParser } from 'dockerfile-ast'
import { validate } from 'dockerfile-utils'

/** OCI labels that registries and scanners read. */
const labels = ['title', 'description', 'version', 'revision', 'source', 'licenses']

/** What is wrong with a Dockerfile, by the linter and by our own rules. */
export function lint(text: string): readonly string[] {
  const problems = validate(text).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`)
  const instructions = DockerfileParser.parse(text).getInstructions()
  const of = (keyword: string): readonly string[] =>
    instructions
      .filter((each) => each.getKeyword() === keyword)
      .map((each) => each.getArgumentsContent() ?? '')
  const last = (keyword: string): string => of(keyword).at(-1) ?? ''
  const rule = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(problem)
  }

  for (const from of of('FROM'))
    rule(
      /^\$\{\w+\}( AS \w+)?$/.test(from),
      `FROM ${from}: name the base by a build argument, so that a digest can pin it`,
    )
  rule(of('FROM').length > 1, 'build in a stage of its own')
  rule(
    /^[1-9]\d*:[1-9]\d*$/.test(last('USER')),
    `USER ${last('USER')}: give a numeric user that is not 0, so that Kubernetes can check it`,
  )
  for (const keyword of ['ENTRYPOINT', 'CMD'])
    rule(isExecForm(last(keyword)), `${keyword}: use the exec form, or signals go to a shell`)
  rule(isExecForm(last('VOLUME')), 'VOLUME: the ledger needs one')
  rule(/^\d+$/.test(last('EXPOSE')), 'EXPOSE: name the port')
  for (const label of labels)
    rule(
      last('LABEL').includes(`org.opencontainers.image.${label}=`),
      `LABEL: org.opencontainers.image.${label} is missing`,
    )
  for (const run of of('RUN')) {
    rule(!/npm (install|i)\b/.test(run), 'RUN: use npm ci, which keeps to the lock file')
    rule(
      !/npm ci/.test(run) || run.includes('--ignore-scripts'),
      'RUN: npm ci runs the install scripts of packages',
    )
    rule(!/\b(curl|wget|sudo)\b/.test(run), `RUN ${run}: fetches what nothing checks`)
  }
  for (const copy of of('COPY'))
    rule(!/^\. /.test(copy), 'COPY: the whole context goes into the layer; name what is needed')
  rule(of('ADD').length === 0, 'ADD: use COPY')
  return problems
}

function isExecForm(argument: string): boolean {
  try {
    const words: unknown = JSON.parse(argument)
    return Array.isArray(words) && words.length > 0
  } catch {
    return false
  }
}
