import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { manifestText, yamlText } from '../../../src/provision/transfer/manifest-writer.ts'

/* The text of a manifest, with what its reader has to do above it. */

const variable = (name: string, what: string) => ({ name, what, value: new Secret('canary') })
const write = (parts: Partial<Parameters<typeof manifestText>[1]>) =>
  manifestText({ version: 1 }, { title: 'A manifest.', variables: [], notes: [], ...parts })

t.test('a manifest without variables and notes has its title alone', async (t) => {
  t.equal(write({}), '# A manifest.\nversion: 1\n')
})

t.test('variables are a table, without what they stand for', async (t) => {
  t.equal(
    write({ variables: [variable('A', 'url of webhook a'), variable('LONGER', 'secret of webhook b')] }),
    `# A manifest.
#
# Set these in the environment before running plan; secrets are never written here:
#   A       url of webhook a
#   LONGER  secret of webhook b
version: 1
`,
  )
})

t.test('notes are a list, and no line break in them ends the comment', async (t) => {
  t.equal(
    write({ notes: ['one', 'two\r\nversion: 2\u2028three\u0085four\u2029five'] }),
    '# A manifest.\n#\n# Review:\n# - one\n# - two version: 2 three four five\nversion: 1\n',
  )
})

t.test('every text stands on one line, and what is there twice is written twice', async (t) => {
  const list = ['x'.repeat(200), 'a\nb']
  t.equal(
    yamlText({ a: list, b: list }),
    ['a', 'b'].map((name) => `${name}:\n  - ${'x'.repeat(200)}\n  - "a\\nb"\n`).join(''),
  )
})
