import { readFileSync } from 'node:fs'
import t from 'tap'
import { demoText, localUrl } from '../../../src/commands/demo/demo-text.ts'

/* What the demo prints when everything runs. */

const facts = {
  accounts: 2,
  zones: 6,
  jobs: 21,
  addresses: [
    { name: 'status page', url: 'http://127.0.0.1:10199/' },
    { name: 'simulator', url: 'http://127.0.0.1:40001/', note: 'the truth' },
  ],
  notes: [],
}

t.test('it begins with what is simulated and where to look, and ends with how to stop it', async (t) => {
  const lines = demoText(facts)
  t.strictSame(lines.slice(0, 6), [
    'A simulated Cloudflare with 2 accounts, 6 zones and 21 Logpush jobs; no account is needed.',
    '',
    '  status page  http://127.0.0.1:10199/',
    '  simulator    http://127.0.0.1:40001/  (the truth)',
    '',
    'What to watch:',
  ])
  t.strictSame(lines.slice(-2), ['', 'Press Ctrl-C to stop.'])
  t.strictSame(demoText({ ...facts, notes: ['No alerting.', 'Install it.'] }).slice(-5), [
    '',
    'No alerting.',
    'Install it.',
    '',
    'Press Ctrl-C to stop.',
  ])
})

t.test('the README shows what is to be watched as the demo prints it', async (t) => {
  const lines = demoText(facts)
  const watched = lines.slice(lines.indexOf('What to watch:'), -2)
  t.equal(watched.length, 7)
  t.match(readFileSync('README.md', 'utf8'), `\n${watched.join('\n')}\n`)
})

t.test('an address to listen on is shown as one to look at', async (t) => {
  for (const [host, url] of [
    ['127.0.0.1', 'http://127.0.0.1:10199'],
    ['::1', 'http://[::1]:10199'],
    ['fd00::1', 'http://[fd00::1]:10199'],
    ['', 'http://localhost:10199'],
    ['::', 'http://localhost:10199'],
    ['0.0.0.0', 'http://localhost:10199'],
  ] as const)
    t.equal(localUrl({ host, port: 10_199 }), url)
})
