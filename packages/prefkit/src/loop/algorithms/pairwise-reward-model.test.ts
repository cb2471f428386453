import { nextTokenProbabilities } from '@prefkit/lm'
import { loadLanguageModel } from '@prefkit/lm/files'
import { sgd } from '@prefkit/nn'
import { afterAll, describe, expect, it } from 'vitest'
import { storiesPath } from '../../lm/testing/stories'
import { judgeTemplate } from '../scorers/judge-template'
import { pairwiseModelScorer } from '../scorers/pairwise-model-scorer'
import type { StepMetrics } from '../step-record'
import { kindStories } from '../testing/kind-stories'
import { storyPolicy } from '../testing/story-policy'
import type { AlgorithmState } from './algorithm'
import { type PairwiseRewardModelOptions, pairwiseRewardModel } from './pairwise-reward-model'

const model = await loadLanguageModel(storiesPath)
afterAll(() => model.release())
const { pairs, heldOut } = kindStories(model.tokenizer!)
const template = judgeTemplate(model, {
  write: ({ first, second }) => `A: ${first} B: ${second} Is A better?`,
  // The vocabulary is letters and pieces of stories.
  words: { yes: ['y'], no: ['n'] },
})
const settings = { pairs, template, evaluation: heldOut, batchSize: 8, learningRate: 1e-3 }

/** Trains a new model, and hands over what it told. */
async function trained(
  options: Partial<PairwiseRewardModelOptions>,
  policyOptions: Parameters<typeof storyPolicy>[0] = {},
) {
  const { policy } = await storyPolicy(policyOptions)
  const records: StepMetrics[] = []
  const states: AlgorithmState[] = []
  for await (const step of pairwiseRewardModel({ ...settings, model: policy, ...options })) {
    records.push(step.metrics)
    states.push(await step.state())
  }
  return { policy, records, states }
}

describe('pairwiseRewardModel', () => {
  it('learns to say which is better in either order, and goes on exactly', async () => {
    const { policy, records, states } = await trained({ epochs: 7 })
    const pinned = [
      [1.2377281, 21.0573387],
      [2.5881371, 30.3650799],
      [0.8850702, 21.6042557],
      [0.9438913, 11.5460119],
    ]
    for (const [i, [loss, gradNorm]] of pinned.entries()) {
      // Sums in f32 over some thousand tokens, in an order that differs between processors.
      expect(Math.abs(records[i]!.loss! - loss!)).toBeLessThan(1e-4 * (1 + loss!))
      expect(Math.abs(records[i]!.grad_norm! - gradNorm!)).toBeLessThan(1e-4 * (1 + gradNorm!))
    }
    const last = records.at(-1)!
    expect(last.eval_accuracy).toBe(1)
    expect(last.eval_loss!).toBeLessThan(0.3)
    expect(last['eval_accuracy/gap']).toBe(0)

    const scorer = pairwiseModelScorer(policy, template)
    const asked = heldOut.flatMap(({ prompt, chosen, rejected }) => [
      { prompt, first: chosen, second: rejected },
      { prompt, first: rejected, second: chosen },
    ])
    const wins = await scorer.firstWins(asked)
    wins.forEach((win, i) => {
      if (i % 2 === 0) expect(win).toBeGreaterThan(0.5)
      else expect(win).toBeLessThan(0.5)
    })
    // Of the same probabilities, whose logits the evaluation has in f32.
    const squares = heldOut.map((_, i) => (wins[2 * i]! - (1 - wins[2 * i + 1]!)) ** 2)
    const consistency = squares.reduce((sum, each) => sum + each, 0) / squares.length
    expect(last.eval_consistency_loss!).toBeCloseTo(consistency, 5)
    await policy.release()

    const resumed = await trained({ epochs: 7, resume: states[10]! })
    await resumed.policy.release()
    expect(resumed.records).toEqual(records.slice(11))
  })

  it('contradicts itself the less, the more that weighs', async () => {
    // One step of plain descent from a model that prefers a place: the gradient of either loss as it is.
    const plain = {
      optimizer: (learningRate: Parameters<typeof sgd>[0]['learningRate']) => sgd({ learningRate }),
    }
    const after = async (consistencyWeight: number) => {
      const { policy, records } = await trained({ batchSize: 16, consistencyWeight }, plain)
      await policy.release()
      expect(records).toHaveLength(1)
      return records[0]!
    }
    const [none, some, much] = [await after(0), await after(0.1), await after(1)]
    expect(none['accuracy/gap']).toBe(1)
    expect(none.consistency_loss!).toBeGreaterThan(0.5)
    expect(some.loss!).toBeCloseTo(none.loss! + 0.1 * none.consistency_loss!, 5)
    expect(some.eval_consistency_loss!).toBeLessThan(none.eval_consistency_loss! - 0.02)
    expect(much.eval_consistency_loss!).toBeLessThan(some.eval_consistency_loss! - 0.1)
  })

  it('makes answers probable by the vocabulary, and shows one order without swapping', async () => {
    const own = await trained({ epochs: 2 })
    const all = await trained({ epochs: 2, crossEntropy: 'vocabulary' })
    expect(all.records[0]!.answer_mass).toBe(own.records[0]!.answer_mass)
    // −ln P(yes or no) more, and by Jensen at least −ln of its mean.
    expect(all.records[0]!.loss! - own.records[0]!.loss!).toBeGreaterThan(
      -Math.log(own.records[0]!.answer_mass!),
    )
    expect(all.records.at(-1)!.eval_answer_mass!).toBeGreaterThan(3 * own.records.at(-1)!.eval_answer_mass!)
    const single = await trained({ epochs: 2, swap: false })
    expect(Object.keys(single.records[0]!)).not.toContain('accuracy/gap')
    expect(Object.keys(single.records[1]!)).toContain('eval_accuracy/gap')
    for (const { policy } of [own, all, single]) await policy.release()
  })

  it('learns a liking for the first place where the chosen response is always there', async () => {
    const alwaysFirst = await trained({ epochs: 2, swap: false, chosenFirst: () => true })
    const alwaysSecond = await trained({ epochs: 2, swap: false, chosenFirst: () => false })
    // The answer is then the same whatever is shown.
    expect(alwaysFirst.records.at(-1)!['eval_accuracy/gap']).toBe(1)
    expect(alwaysSecond.records.at(-1)!['eval_accuracy/gap']).toBe(-1)
    for (const { policy } of [alwaysFirst, alwaysSecond]) await policy.release()
  })

  it('names what is wrong', async () => {
    const refused = (options: Partial<PairwiseRewardModelOptions>) => expect(trained(options)).rejects
    await refused({ pairs: [] }).toThrow('pairwiseRewardModel: pairs: expected at least one, got none')
    await refused({ pairs: [{ ...pairs[0]!, preference: -1 }] }).toThrow('pairs[0].preference')
    await refused({ crossEntropy: 'all' as 'answers' }).toThrow(
      'crossEntropy: expected "answers" or "vocabulary"',
    )
    await refused({ consistencyWeight: -1 }).toThrow('consistencyWeight')
  })
})

describe('pairwiseModelScorer', () => {
  it('tells yes among yes and no as the model does, and judges by words of a template', async () => {
    const { policy } = await storyPolicy()
    const spoken = judgeTemplate(model, {
      words: { yes: ['y'], no: ['n'] },
      rule: 'The kinder one is better.',
    })
    const asked = heldOut.slice(0, 3).map(({ prompt, chosen, rejected }) => ({
      ...{ prompt, first: chosen, second: rejected },
    }))
    const prompts = asked.map((pair) => spoken.tokens(pair))
    const text = model.tokenizer!.decode(prompts[0]!)
    expect(text).toContain('The kinder one is better.')
    expect(text).toMatch(/Answer:$/)
    expect(text.indexOf(asked[0]!.first.text)).toBeLessThan(text.indexOf(asked[0]!.second.text))
    const wins = await pairwiseModelScorer(policy, spoken).firstWins(asked)
    const known = await nextTokenProbabilities(model, prompts, spoken.answers)
    wins.forEach((win, i) => {
      // Two passes in f32 that sum in other orders.
      expect(win).toBeCloseTo(known[i]!.normalized, 5)
    })
    await policy.release()
  })
})
