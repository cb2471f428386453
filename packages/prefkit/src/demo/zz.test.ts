import { test } from 'vitest'
import { crossValidate, groupFolds, pairsFromComparisons, surfaceFeatureNames } from '@prefkit/reward-models'
import { ukpDebates } from './ukp-debates'
import { hhHarmless } from './hh-harmless'
import { demoModel } from './recipe'
test('x', { timeout: 900000 }, async () => {
  for (const d of [await hhHarmless(), await ukpDebates()]) {
    for (const [name, parts, drop] of [['embedding', ['response'], []], ['surface', ['surface'], []], ['no endsSentence', ['response', 'surface'], [512 + surfaceFeatureNames.indexOf('endsSentence')]], ['all', ['response', 'surface'], []]] as const)
    for (const seed of [0, 1, 2]) for (const objective of ['bt', 'clf'] as const) {
      const pairs = await pairsFromComparisons(d.comparisons, { embedder: d.embedder, parts, groupOf: d.groupOf, softLabels: false })
      for (const column of drop) for (let r = 0; r < pairs.features.rows; r++) pairs.features.data[r * pairs.features.columns + column] = 0
      const folds = groupFolds(pairs.groups!, d.folds, seed)
      let right = 0, n = 0, s = 0
      for await (const { fold, rewards, seconds } of crossValidate(pairs, folds, demoModel(objective, seed))) {
        s += seconds
        for (const i of fold.test) { n++; right += Number(rewards[pairs.chosen[i]!]! > rewards[pairs.rejected[i]!]!) }
      }
      console.log(d.about.name.slice(0, 3), ' ep ', name, 'seed', seed, objective, (100 * right / n).toFixed(2), s.toFixed(1) + 's')
    }
  }
})
