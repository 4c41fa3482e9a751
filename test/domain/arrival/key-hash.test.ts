import t from 'tap'
import { keyHash } from '../../../src/domain/arrival/key-hash.ts'

t.test('a name has the same hash in every version, since hashes are stored', async (t) => {
  const hashes = {
    '': '9jbqfk1had',
    a: '1383fkqhagc',
    b: '29ih9aznt2d',
    '20261124T030000Z_20261124T030100Z_1a2b3c4d.log.gz': '1kz300ri7bx',
    'https://é😀': '9ghmdo5qyw',
  }
  for (const [text, hash] of Object.entries(hashes)) t.equal(keyHash(text), hash, text)
})
