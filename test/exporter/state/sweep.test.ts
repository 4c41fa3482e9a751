import t from 'tap'
import { scopeKey } from '../../../src/domain/scope.ts'
import { newScopeState } from '../../../src/exporter/state/scope-state.ts'
import { sweepOf } from '../../../src/exporter/state/sweep.ts'
import { zone } from '../../support/exporter-core.ts'

const zones = ['a', 'b', 'c', 'd'].map((name) => zone(`${name}.example`))
const scopes = zones.map((scope) => newScopeState(scope, { account: 'Quay', zone: scope.name }))

t.test(
  'what was tried long enough ago has its turn, the longest ago first, before it what never was',
  async (t) => {
    const tried = [700, 600, 701]
    const triedAt = new Map(
      zones.flatMap((scope, index) => {
        const at = tried[index]
        return at === undefined ? [] : [[scopeKey(scope), at] as const]
      }),
    )
    const found = sweepOf(scopes, { monotonic: 1_000, triedAt, sweepEveryMs: 300 })
    t.same(
      found.map(({ scope, tried }) => [scope.scope.name, tried]),
      [
        ['d.example', Number.NEGATIVE_INFINITY],
        ['b.example', 600],
        ['a.example', 700],
      ],
    )
  },
)
