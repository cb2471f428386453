import { bradleyTerryLoss, classificationLoss } from '@prefkit/losses'
import { mean, tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { drawPairs } from '../testing/draw-pairs'
import { pairFigures } from './pair-figures'

const { chosen, rejected, features } = drawPairs({ pairs: 60, columns: 1, seed: 3 })
const scores = Float64Array.from(features.data, (value) => 3 * value)
const preference = Float32Array.from(chosen, (_, i) => [1, 0.75, 0.5, 0.25, 0][i % 5]!)
const losses = { bt: bradleyTerryLoss, clf: classificationLoss }

describe('pairFigures', () => {
  it.each([
    ['bt', 0, undefined],
    ['bt', 0.1, preference],
    ['clf', 0, preference],
    ['clf', 0.2, undefined],
  ] as const)('are those of the loss of MLPs: %s, smoothing %d', (objective, labelSmoothing, soft) => {
    const found = pairFigures(scores, { chosen, rejected, preference: soft }, { objective, labelSmoothing })!
    const side = (rows: Int32Array) => tensor(Array.from(rows, (row) => scores[row]!))
    const options = { labelSmoothing, ...(soft && { preference: tensor([...soft]) }) }
    const { losses: each, metrics } = losses[objective](side(chosen), side(rejected), options)
    // The losses compute in f32: 2⁻²³ of numbers of about 1, and sums of 60 of them.
    expect(found.loss).toBeCloseTo(mean(each).item(), 5)
    expect(found.accuracy).toBeCloseTo(metrics.accuracy.item(), 6)
    expect(found.margin).toBeCloseTo(metrics.margin.item(), 5)
  })

  it('are finite for scores of any size, and none without pairs', () => {
    const pair = { chosen: [0], rejected: [1] }
    const how = { objective: 'bt', labelSmoothing: 0 } as const
    expect(pairFigures([-1e300, 1e300], pair, how)).toEqual({ loss: 2e300, accuracy: 0, margin: -2e300 })
    expect(pairFigures([1e300, -1e300], pair, how)).toEqual({ loss: 0, accuracy: 1, margin: 2e300 })
    expect(pairFigures([], { chosen: [], rejected: [] }, how)).toBeUndefined()
  })
})
