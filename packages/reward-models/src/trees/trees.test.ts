import { predict, trainBoostedTrees, writeModel } from '@prefkit/trees'
import { describe, expect, it } from 'vitest'
import { crossValidate, groupFolds } from '../cross-validate'
import { fitRewardModel, type TrainingProgress, trainRewardModel } from '../fit-reward-model'
import { createNetwork } from '../mlp/network'
import type { TreesSettings } from '../options'
import { resolveOptions } from '../options'
import type { PairData } from '../pair-data'
import { createScorer, type RewardModel, scoreFeatures } from '../reward-model'
import { splitPairs } from '../split-pairs'
import { drawPairs } from '../testing/draw-pairs'
import { treeRows } from './tree-rows'
import { parametersOf } from './trees-options'

const small = { kind: 'trees', epochs: 12, trees: { num_leaves: 7, min_data_in_leaf: 10 } } as const
const data = drawPairs({ pairs: 300, columns: 5, seed: 1, flipped: 0.1, perGroup: 2 })

async function run(pairs: PairData, options: TreesSettings, settings = {}) {
  const steps: TrainingProgress<'trees'>[] = []
  const onProgress = (step: TrainingProgress<'trees'>) => steps.push(step)
  return { model: await trainRewardModel(pairs, options, { onProgress, ...settings }), steps }
}

const recordsOf = (steps: readonly TrainingProgress[]) => steps.map(({ record }) => record)
const textOf = ({ members }: RewardModel<'trees'>) => members.map((member) => writeModel(member))

async function accuracyOf(model: RewardModel, pairs: PairData): Promise<number> {
  const scores = await scoreFeatures(model, pairs.features)
  const ahead = pairs.chosen.filter((row, i) => scores[row]! > scores[pairs.rejected[i]!]!)
  return ahead.length / pairs.chosen.length
}

describe('reward models of trees', () => {
  it.each(['bt', 'clf'] as const)('%s learn the order of a linear reward', async (objective) => {
    const pairs = drawPairs({ pairs: 1000, columns: 4, seed: 1 })
    const { model, steps } = await run(pairs, { ...small, objective, epochs: 100 })
    const fresh = drawPairs({ pairs: 1000, columns: 4, seed: 2, truth: 1 })
    // Steps along four axes come near a slope; a coin is within 0.5 ± 0.06, four standard errors of 1,000 pairs.
    expect(await accuracyOf(model, fresh)).toBeGreaterThan(0.85)
    expect(steps.at(-1)!.record.loss).toBeLessThan(steps[0]!.record.loss)
    expect(steps.at(-1)!.record.eval_accuracy).toBeGreaterThan(0.8)
    expect(steps.map(({ record: { step, epoch } }) => [step, epoch])).toEqual(
      steps.map((_, i) => [i + 1, i + 1]),
    )
  })

  it.each(['bt', 'clf'] as const)('%s are at chance on labels that say nothing', async (objective) => {
    const noise = drawPairs({ pairs: 1000, columns: 4, seed: 2, flipped: 0.5 })
    const { model } = await run(noise, { ...small, objective })
    const fresh = drawPairs({ pairs: 2000, columns: 4, seed: 3, flipped: 0.5 })
    // 4 standard errors of a fair coin over 2,000 pairs.
    expect(Math.abs((await accuracyOf(model, fresh)) - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 2000))
  })

  it('clf are the trees of @prefkit/trees on the responses and their labels', async () => {
    const { model } = await run(data, { ...small, objective: 'clf', keep: 'last', patience: 0 })
    const { train } = splitPairs(data, model.options)
    const rows = treeRows(train, 'clf', model.options)
    const direct = await trainBoostedTrees(rows.data, parametersOf(model.options, 0))
    expect(textOf(model)).toEqual([writeModel(direct)])
  })

  it('bt are the trees of @prefkit/trees on the pairs, with the mean 0 over the training responses', async () => {
    const { model } = await run(data, { ...small, objective: 'bt', keep: 'last', patience: 0 })
    const { train, trainedRows } = splitPairs(data, model.options)
    const rows = treeRows(train, 'bt', model.options)
    const direct = await trainBoostedTrees(rows.data, parametersOf(model.options, 0))
    const expected = predict(direct, data.features, { type: 'raw' })
    let mean = 0
    for (const row of trainedRows) mean += expected[row]! / trainedRows.size
    const found = await scoreFeatures(model, data.features)
    // Scores are f32, of at most 8: 2⁻²¹.
    const apart = Array.from(found, (score, row) => Math.abs(score - (expected[row]! - mean)))
    expect(Math.max(...apart)).toBeLessThan(1e-6)
    const trained = [...trainedRows].map((row) => found[row]!)
    expect(Math.abs(trained.reduce((a, b) => a + b) / trained.length)).toBeLessThan(1e-6)
    expect(Math.abs(mean)).toBeGreaterThan(1e-3)
  })

  it('give for a step the loss, accuracy and margin of the model so far', async () => {
    const { steps } = await run(data, { ...small, objective: 'clf', epochs: 3, validationFraction: 0 })
    const { model } = await run(data, { ...small, objective: 'clf', epochs: 3, validationFraction: 0 })
    expect(steps.map(({ record }) => 'eval_loss' in record)).toEqual([false, false, false])
    const scores = await scoreFeatures(model, data.features)
    const side = (rows: Int32Array) => Array.from(rows, (row) => scores[row]!)
    const margins = side(data.chosen).map((c, i) => c - side(data.rejected)[i]!)
    const { accuracy, margin } = steps.at(-1)!.record
    expect(accuracy).toBe(margins.filter((m) => m > 0).length / margins.length)
    expect(margin).toBeCloseTo(margins.reduce((a, b) => a + b) / margins.length, 6)
  })

  it('repeat to the last bit, for another seed too where nothing is drawn but the split', async () => {
    const [first, again] = [await run(data, small), await run(data, small)]
    expect(recordsOf(again.steps)).toEqual(recordsOf(first.steps))
    expect(textOf(again.model)).toEqual(textOf(first.model))
    const drawn = { ...small, trees: { ...small.trees, feature_fraction: 0.5 }, validationFraction: 0 }
    const [one, other] = [await run(data, drawn), await run(data, { ...drawn, seed: 1 })]
    expect(textOf(one.model)).not.toEqual(textOf(other.model))
  })

  it.each([
    ['as they are', {}],
    ['of random columns', { feature_fraction: 0.6 }],
    ['of random rows', { bagging_fraction: 0.7, bagging_freq: 2 }],
    ['of large gradients', { data_sample_strategy: 'goss', learning_rate: 0.3 }],
  ] as const)('go on from any round as if they had never stopped: %s', async (_, own) => {
    const options = { ...small, epochs: 6, members: 2, trees: { ...small.trees, ...own } }
    const whole = await run(data, options)
    expect(whole.steps.length).toBe(12)
    for (const [i, { state }] of whole.steps.entries()) {
      const rest = await run(data, options, { resume: state })
      expect(recordsOf(rest.steps)).toEqual(recordsOf(whole.steps.slice(i + 1)))
      expect(textOf(rest.model)).toEqual(textOf(whole.model))
    }
  })

  it('go on with DART too, whose earlier trees change', async () => {
    const options = {
      ...small,
      epochs: 8,
      keep: 'last',
      trees: { ...small.trees, boosting: 'dart' },
    } as const
    const whole = await run(data, options)
    const rest = await run(data, options, { resume: whole.steps[4]!.state })
    expect(recordsOf(rest.steps)).toEqual(recordsOf(whole.steps.slice(5)))
    expect(textOf(rest.model)).toEqual(textOf(whole.model))
  })

  it('stop early and keep the rounds up to the best, or all', async () => {
    const noisy = drawPairs({ pairs: 200, columns: 10, seed: 7, flipped: 0.4 })
    const overfit = { ...small, epochs: 80, patience: 4, objective: 'clf' } as const
    const best = await run(noisy, overfit)
    const last = await run(noisy, { ...overfit, keep: 'last' })
    const losses = best.steps.map(({ record }) => record.eval_loss!)
    expect(losses.length).toBeLessThan(80)
    const at = losses.indexOf(Math.min(...losses)) + 1
    expect(at).toBe(losses.length - 4)
    expect(best.model.members[0]!.trees.length).toBe(at)
    expect(last.model.members[0]!.trees.length).toBe(losses.length)
    expect(last.model.members[0]!.trees.slice(0, at)).toEqual(best.model.members[0]!.trees)
    expect(best.steps.at(-1)!.state!.current.best.epoch).toBe(at)
  })

  it('learn from shares of votes and smoothed labels', async () => {
    const preference = new Float32Array(300).fill(0.8)
    for (const objective of ['bt', 'clf'] as const) {
      const plain = await run(data, { ...small, objective })
      for (const other of [
        await run({ ...data, preference }, { ...small, objective }),
        await run(data, { ...small, objective, labelSmoothing: 0.2 }),
      ]) {
        expect(await accuracyOf(other.model, data)).toBeGreaterThan(0.7)
        expect(textOf(other.model)).not.toEqual(textOf(plain.model))
      }
    }
  })

  it('of an ensemble learn from a bootstrap each, and are combined as MLPs are', async () => {
    const { model, steps } = await run(data, { ...small, members: 3 })
    expect(new Set(recordsOf(steps).map(({ member }) => member))).toEqual(new Set([0, 1, 2]))
    expect(new Set(textOf(model)).size).toBe(3)
    const each = await Promise.all(
      model.members.map((member) => scoreFeatures({ ...model, members: [member] }, data.features)),
    )
    const lowest = await scoreFeatures(model, data.features, { combine: 'min' })
    expect(lowest).toEqual(each[0]!.map((_, row) => Math.min(...each.map((scores) => scores[row]!))))
    const mean = await scoreFeatures(model, data.features)
    const [a, b, c] = each as [Float32Array, Float32Array, Float32Array]
    expect(mean).toEqual(a.map((score, row) => (score + b[row]! + c[row]!) / 3))
  })

  it('are cross-validated, and scored again and again, as MLPs are', async () => {
    const folds = groupFolds(data.groups!, 3)
    for await (const { fold, model, rewards, records } of crossValidate(data, folds, small)) {
      expect(records.length).toBeGreaterThan(0)
      expect(await scoreFeatures(model, data.features)).toEqual(rewards)
      expect(fold.test.length).toBeGreaterThan(0)
    }
    const { model } = await run(data, small)
    const scorer = createScorer(model)
    expect(await scorer.score(data.features)).toEqual(await scoreFeatures(model, data.features))
    await scorer.release()
    const wide = { data: new Float32Array(12), rows: 2, columns: 6 }
    await expect(scoreFeatures(model, wide)).rejects.toMatchObject({ code: 'DIMENSION_MISMATCH' })
  })

  it('say so where nothing can be split, where margins are given, and where a network is', async () => {
    const few = drawPairs({ pairs: 4, columns: 2, seed: 1 })
    await expect(run(few, { kind: 'trees' })).rejects.toMatchObject({
      code: 'NO_SPLIT',
      message: expect.stringMatching(
        /^no split of \d rows leaves trees\.min_data_in_leaf \(20\) rows and trees\.min_sum_hessian_in_leaf \(0\.001\) on both sides and gains more than trees\.min_gain_to_split \(0\); /,
      ),
    })
    for (const objective of ['bt', 'clf'] as const) {
      const same = { ...data, features: { ...data.features, data: data.features.data.map(() => 0.5) } }
      await expect(run(same, { ...small, objective })).rejects.toMatchObject({
        code: 'NO_SPLIT',
        message: expect.stringMatching(/^no split of \d+ rows: every column of the features has one value; /),
      })
      const preference = new Float32Array(300).fill(0.5)
      await expect(run({ ...data, preference }, { ...small, objective })).rejects.toMatchObject({
        code: 'NO_SPLIT',
        message: expect.stringMatching(/^no split of \d+ rows: every preference is 0\.5, /),
      })
    }
    const margin = new Float32Array(300).fill(1)
    await expect(run({ ...data, margin }, small)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(/^margin: trees do not learn from margins/),
    })
    const network = createNetwork(resolveOptions({ hidden: [] }), 'reference')
    await expect(run(data, small, { network })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await network.release()
  })

  it.each(['bt', 'clf'] as const)('%s say so where rewards are too large for f32', async (objective) => {
    const wild = { ...small, objective, trees: { ...small.trees, learning_rate: 1e300 } }
    await expect(run(data, wild)).rejects.toMatchObject({
      code: 'DIVERGED',
      message: expect.stringMatching(/a lower trees\.learning_rate may help$/),
    })
  })

  it('can be left in the middle', async () => {
    let steps = 0
    for await (const { record } of fitRewardModel(data, small)) {
      steps = record.step
      if (steps === 2) break
    }
    expect(steps).toBe(2)
  })
})
