import { loadLanguageModel } from '@prefkit/lm/files'
import { hingeLoss } from '@prefkit/losses'
import { describe, expect, it } from 'vitest'
import { storiesPath } from '../../lm/testing/stories'
import { scalarScorer } from '../scorers/scalar-scorer'
import type { StepMetrics } from '../step-record'
import { kindStories } from '../testing/kind-stories'
import { storyPolicy } from '../testing/story-policy'
import type { AlgorithmState } from './algorithm'
import { rewardExtremes, type ScalarRewardModelOptions, scalarRewardModel } from './scalar-reward-model'

const { tokenizer } = await loadLanguageModel(storiesPath)
const { pairs, heldOut } = kindStories(tokenizer!)
const settings = { pairs, evaluation: heldOut, epochs: 2, batchSize: 8, learningRate: 1e-3 }

/** Trains a new model, and hands over what it told. */
async function trained(options: Partial<ScalarRewardModelOptions> = {}, microBatchTokens = 2048) {
  const { policy } = await storyPolicy({ head: 'reward', microBatchTokens })
  const records: StepMetrics[] = []
  const states: AlgorithmState[] = []
  for await (const step of scalarRewardModel({ ...settings, model: policy, ...options })) {
    records.push(step.metrics)
    states.push(await step.state())
  }
  return { policy, records, states }
}

/** Sums in f32 over a few hundred tokens, in an order that differs between processors. */
const near = (got: number, want: number) =>
  expect(Math.abs(got - want)).toBeLessThan(1e-4 * (1 + Math.abs(want)))

describe('scalarRewardModel', () => {
  it('learns what is preferred, goes on exactly, and scores what it never saw', async () => {
    const { policy, records, states } = await trained()
    expect(records).toHaveLength(4)
    const pinned = [
      [0.6784669, 0.9058163],
      [0.5644491, 3.0320258],
      [0.2785357, 4.2105956],
      [0.1471857, 3.0943673],
    ]
    records.forEach(({ loss, grad_norm }, i) => {
      near(loss!, pinned[i]![0]!)
      near(grad_norm!, pinned[i]![1]!)
    })
    expect(records.map(({ epoch }) => epoch)).toEqual([0.5, 1, 1.5, 2])
    expect(records.map((each) => 'eval_loss' in each)).toEqual([false, true, false, true])
    const last = records.at(-1)!
    expect(last.eval_accuracy).toBe(1)
    expect(last.eval_loss!).toBeLessThan(0.2)
    expect(last.min_reward!).toBeLessThan(last.mean_reward!)
    expect(last.max_reward!).toBeGreaterThan(last.mean_reward!)

    const scores = await scalarScorer(policy).scores(
      heldOut.flatMap(({ prompt, chosen, rejected }) => [
        { prompt, response: chosen },
        { prompt, response: rejected },
      ]),
    )
    // What the evaluation told, by another path: the mean of the same numbers in another precision.
    const margin =
      heldOut.reduce((sum, _, i) => sum + scores[2 * i]! - scores[2 * i + 1]!, 0) / heldOut.length
    expect(last.eval_margin!).toBeCloseTo(margin, 5)
    await policy.release()

    const resumed = await trained({ resume: states[1]! })
    await resumed.policy.release()
    expect(resumed.records).toEqual(records.slice(2))
  })

  it('is the same in parts', async () => {
    const whole = await trained({ epochs: 1 })
    const parts = await trained({ epochs: 1 }, 64)
    parts.records.forEach((record, i) => {
      expect(Object.keys(record)).toEqual(Object.keys(whole.records[i]!))
      // Gradients that are summed in f32 in another order, once before the second step.
      for (const [name, value] of Object.entries(record)) near(value, whole.records[i]![name]!)
    })
    await whole.policy.release()
    await parts.policy.release()
  })

  it('follows preferences and other losses', async () => {
    const doubted = pairs.map((pair) => ({ ...pair, preference: 0.1 }))
    const turned = await trained({ pairs: doubted, epochs: 2 })
    // The other response is the better one nine times of ten.
    expect(turned.records.at(-1)!.accuracy).toBe(1)
    expect(turned.records.at(-1)!.eval_accuracy).toBe(0)
    await turned.policy.release()
    const hinge = await trained({ loss: (chosen, rejected) => hingeLoss(chosen, rejected, { margin: 2 }) })
    expect(hinge.records[0]!.loss!).toBeGreaterThan(1.5)
    expect(hinge.records.at(-1)!.eval_accuracy).toBe(1)
    await hinge.policy.release()
  })

  it('names what is wrong', async () => {
    const refused = (options: Partial<ScalarRewardModelOptions>) => expect(trained(options)).rejects
    await refused({ pairs: [] }).toThrow('scalarRewardModel: pairs: expected at least one, got none')
    await refused({ batchSize: 0 }).toThrow(
      'scalarRewardModel: batchSize: expected a whole number ≥ 1, got 0',
    )
    await refused({ pairs: [{ ...pairs[0]!, preference: 2 }] }).toThrow(
      'pairs[0].preference: expected a number',
    )
    const { policy: headless } = await storyPolicy()
    await refused({ model: headless }).toThrow("expected one with head: 'reward', got one without")
    await expect(
      scalarScorer(headless).scores([{ prompt: pairs[0]!.prompt, response: pairs[0]!.chosen }]),
    ).rejects.toThrow("expected one with head: 'reward', got one without")
    await headless.release()
  })
})

it('tells the extremes of as many rewards as there are', () => {
  const reward = Float32Array.from({ length: 300_000 }, (_, i) => i - 1)
  expect(rewardExtremes({ reward })).toEqual({ min_reward: -1, mean_reward: 149_998.5, max_reward: 299_998 })
})
