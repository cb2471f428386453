import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkTraining } from '../boosting/check-training'
import { expectTreesError } from '../testing/expect-trees-error'
import type { BoostedTrees } from './boosted-trees'
import { featureImportance } from './feature-importance'
import { predict } from './predict'
import { readModel } from './read-model'
import { writeModel } from './write-model'

const { model: text } = JSON.parse(readFileSync(new URL('goldens/regression.json', import.meta.url), 'utf8'))
const model = readModel(text)
const columns = model.maxFeatureIdx + 1
const features = Array.from({ length: 100 }, () => new Array<number>(columns).fill(0))

const uses: readonly (readonly [string, string, (given: BoostedTrees) => unknown])[] = [
  ['predict', 'model', (given) => predict(given, features)],
  ['writeModel', 'model', writeModel],
  ['featureImportance', 'model', featureImportance],
  [
    'continueFrom',
    'continueFrom',
    (continueFrom) => checkTraining({ features, label: features.map(([x]) => x!) }, {}, { continueFrom }),
  ],
]

const [tree] = model.trees
const withTree = (changes: object) => ({ ...model, trees: [{ ...tree, ...changes }] })

const bad: readonly (readonly [string, unknown, RegExp])[] = [
  [
    'a model that went through JSON',
    JSON.parse(JSON.stringify(model)),
    /^\w+\.trees\[0\]\.splitFeature is Object { 0, .*; expected an Int32Array of \d+ numbers: use readModel and writeModel/,
  ],
  ['text', text, /is 'tree\\nversion=.* characters; expected a model, which readModel makes of such text/],
  ['null', null, /is null; expected a model/],
  ['what was not awaited', Promise.resolve(model), /\.objective is undefined; expected a string/],
  ['no trees', { ...model, trees: {} }, /\.trees is Object {}; expected an array/],
  ['text for a number', { ...model, maxFeatureIdx: '3' }, /\.maxFeatureIdx is '3'; expected an integer/],
  ['half an iteration', { ...model, numTreePerIteration: 7919 }, /trees; expected a multiple of numTreePer/],
  ['no leaves', withTree({ numLeaves: 0 }), /\.trees\[0\]\.numLeaves is 0; expected an integer/],
  [
    'a short array',
    withTree({ leafValue: new Float64Array(1) }),
    /leafValue is Float64Array\(1\) \[0\]; exp/,
  ],
  ['another type', withTree({ threshold: new Float32Array(1) }), /threshold is .*; expected a Float64Array/],
  ['a tree that is none', { ...model, trees: [undefined] }, /\.trees\[0\] is undefined; expected a tree/],
]

describe.each(uses)('%s', (_, place, use) => {
  it.each(bad)('refuses %s', async (_what, given, message) => {
    // Past what the types allow.
    const work = () => use(given as BoostedTrees)
    await expectTreesError(work, 'INVALID_MODEL', new RegExp(`^${place}`), message)
  })

  it('takes a model, a clone of it, and one without trees', () => {
    for (const given of [model, structuredClone(model), { ...model, trees: [] }]) {
      expect(() => use(given)).not.toThrow()
    }
  })
})
