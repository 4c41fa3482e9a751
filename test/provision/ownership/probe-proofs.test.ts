import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { ApiFailure } from '../../../src/errors.ts'
import type { ObjectReader } from '../../../src/ports/object-reader.ts'
import { probeProofs } from '../../../src/provision/ownership/probe-proofs.ts'
import { type PlannedProof, proofJson, proofNotes } from '../../../src/provision/ownership/proof-notes.ts'
import { account } from '../../support/provision-values.ts'

const options = { signal: new AbortController().signal }

function proof(conf: string, how: PlannedProof['how'] = 'read'): PlannedProof {
  const need = { scope: account, destinationConf: new Secret(conf), jobs: ['sre-http'] }
  return { need, how, problem: null }
}

/** A store that answers by the name of the bucket. */
function reader(asked: string[]): ObjectReader {
  return {
    async read({ place: { bucket } }) {
      asked.push(bucket)
      if (bucket === 'fine') return 'absent'
      const kind = bucket === 'refused' ? 'forbidden' : 'auth'
      throw new ApiFailure(kind, 'no credentials were found', { operation: 'read challenge file' })
    },
  }
}

t.test(
  'a plan says which proofs this machine cannot have; a refusal of an absent file is no such proof',
  async (t) => {
    const asked: string[] = []
    const proofs = [
      proof('s3://fine/http?region=us-east-1'),
      proof('s3://refused/http?region=us-east-1'),
      proof('gs://blind/http'),
      proof('s3://given/http?region=us-east-1', 'token'),
      proof('sumo://endpoint1.collection.us2.sumologic.com/receiver/v1/http/canary', 'by_hand'),
    ]
    const probed = await probeProofs(proofs, reader(asked), options)
    t.same(asked.sort(), ['blind', 'fine', 'refused'])
    t.same(
      probed.map(({ problem }) => problem),
      [null, null, 'no credentials were found', null, null],
    )
    const notes = proofNotes(probed)
    t.equal(notes.length, 4)
    t.match(
      notes.find((note) => note.includes('gs://blind')),
      /with the credentials of this machine, which fails now: no credentials were found; or give ownership/,
    )
    t.match(probed.map(proofJson), [
      { how: 'read', problem: null, jobs: ['sre-http'], scope: { kind: 'account', name: 'Quay' } },
      { how: 'read', problem: null },
      { how: 'read', problem: 'no credentials were found' },
      { how: 'token' },
      { how: 'by_hand' },
    ])
    t.notMatch(JSON.stringify([notes, probed.map(proofJson)]), /canary/)
  },
)
