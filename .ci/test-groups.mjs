// Test files that need no process of their own share one: to start one takes longer than most of them run.

/** Each keeps to its own values. */
const shared =
  /^test\/(access|cli|cloudflare|commands|domain|exporter|http|log|metrics|objectstore|provision|runtime|settings|simulator|store)\//

/** What touches the whole process, measures it, or starts others needs one of its own. */
const needsItsOwn =
  /^(\w.* )?await |process\.(env|chdir|exit|on|memory|cpu)|performance\.now|Date\.now|child_process|spawn|mock|[pP]ostgres|start(Exporter|Program)|runProgram|stage\(/m

/** What waits, or talks to servers of its own, takes longer than what is fast and pure. */
const takesLonger = /^t\.(?!test\()|setTimeout|createServer|[lL]isten|start(Simulator|Fake)/m

const fastInOne = 12
const longerInOne = 4

/**
 * The files by process: `[{ name, paths }]`, in their order. One that stays alone has its path as its name.
 * `textOf` reads a file.
 */
export function groupsOf(files, textOf) {
  const groups = []
  const open = new Map()
  for (const path of files) {
    const room = shared.exec(path)?.[1]
    const text = textOf(path)
    if (room === undefined || needsItsOwn.test(text)) {
      groups.push({ name: path, paths: [path] })
      continue
    }
    const longer = takesLonger.test(text)
    const pool = longer ? `${room}, longer` : room
    const group = open.get(pool)
    if (group !== undefined && group.paths.length < (longer ? longerInOne : fastInOne)) {
      group.paths.push(path)
      continue
    }
    const begun = { name: path, paths: [path] }
    open.set(pool, begun)
    groups.push(begun)
  }
  for (const group of groups)
    if (group.paths.length > 1) group.name += ` and ${group.paths.length - 1} others`
  return groups
}

/**
 * A module that runs the files, given as path and address of the compiled module, and puts each path before the names
 * of its tests. Static imports follow each other without a pause, in which tap would take the run for ended.
 */
export function groupModule(modules) {
  const run = (code) => `import ${JSON.stringify(`data:text/javascript,${encodeURIComponent(code)}`)}\n`
  const begin = (path) => run(`globalThis.testFile = ${JSON.stringify(path)}`)
  const [[, first]] = modules
  const tap = import.meta.resolve('tap', first)
  const prefix = `import t from ${JSON.stringify(tap)}
const test = t.test.bind(t)
t.test = (name, ...rest) => test(\`\${globalThis.testFile}: \${name}\`, ...rest)`
  return run(prefix) + modules.map(([path, url]) => `${begin(path)}import ${JSON.stringify(url)}\n`).join('')
}

/**
 * Hands on the events of a group as those of its files, `take(path, event, ok)`: what happened inside a test comes
 * before the test, which is the one that names its file.
 */
export function eventsByFile({ name, paths }, take) {
  if (paths.length === 1) return (event, ok) => take(name, event, ok)
  let inside = []
  let anyFailed = false
  return (event, ok) => {
    if (event.nesting > 0) {
      inside.push([event, ok])
      return
    }
    const path = paths.find((one) => event.name.startsWith(`${one}: `))
    // The end of the process. It stands for itself only when it died outside its tests.
    if (path === undefined && (ok || anyFailed)) return
    anyFailed ||= !ok
    const whose = path ?? name
    for (const [child, childOk] of inside) take(whose, child, childOk)
    inside = []
    take(whose, { ...event, name: path === undefined ? name : event.name.slice(path.length + 2) }, ok)
  }
}
