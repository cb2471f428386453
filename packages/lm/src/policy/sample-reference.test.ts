import { sgd } from '@prefkit/nn'
import type { Tensor } from '@prefkit/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLanguageModel } from '../running/language-model'
import { nextTokenLogProbs } from '../scoring/next-token'
import { sftLoss } from '../training/sft-loss'
import { dataOf, goldenModel, goldenTraining } from '../training/testing/golden-runs'
import { type LocalPolicy, type LocalPolicyOptions, localPolicy } from './local-policy'

const plain = (learningRate: Tensor) => sgd({ learningRate })
const data = dataOf(goldenTraining().batches.llama![0]!)

// Of different lengths, so that they are padded, and more continuations than are computed at once.
const prompts = [[1, 5, 9], [1, 4], [2, 9, 9, 4, 7], [3]]
const settings = { n: 3, batchSize: 5, maxNewTokens: 6, stopTokenIds: [], seed: 3 }

/** A policy, and the same after a large update. */
async function learnt(options: LocalPolicyOptions = {}) {
  const policy = localPolicy(await goldenModel('llama'), { optimizer: plain, ...options })
  const before = await policy.sample(prompts, settings)
  await policy.forwardBackward(data, sftLoss)
  await policy.optimStep({ learningRate: 3 })
  return { policy, before }
}

describe('what a policy began as', () => {
  it.each([
    ['all weights', {}],
    ['a low-rank change', { lora: { rank: 2 } }],
    ['a head beside it', { head: 'value' }],
  ] as const)('is drawn from as it was before it trained: %s', async (_, options) => {
    const { policy, before } = await learnt(options)
    const after = await policy.sample(prompts, settings)
    expect(await policy.sample(prompts, { ...settings, reference: true })).toEqual(before)
    expect(await policy.sample(prompts, { ...settings, reference: 1 })).toEqual(before)
    // What was drawn from the reference leaves the policy as it is.
    expect(await policy.sample(prompts, { ...settings, reference: 0 })).toEqual(after)
    expect(await policy.sample(prompts, { ...settings, reference: false })).toEqual(after)
    const learning = 'lora' in options ? 'logProbs' : 'tokens'
    expect(after.map((each) => each[learning])).not.toEqual(before.map((each) => each[learning]))
    await policy.release()
  })

  it('is the change that it began with, and not the model below', async () => {
    const lora = { rank: 2 }
    const { policy: first } = await learnt({ lora })
    const { trained } = await first.state()
    const { policy, before } = await learnt({ lora, initial: trained })
    expect(before).toEqual(await first.sample(prompts, settings))
    expect(await policy.sample(prompts, { ...settings, reference: true })).toEqual(before)
    await Promise.all([policy.release(), first.release()])
  })
})

describe('a mixture of a policy and its reference', () => {
  let policy: LocalPolicy
  /** ln p of each token after some, under π^(1−w)·π_ref^w with its logits over a temperature. */
  let mixture: (tokens: readonly number[], share: number, temperature?: number) => Promise<number[]>
  const release: (() => Promise<void>)[] = []
  beforeAll(async () => {
    ;({ policy } = await learnt())
    const { config, weights } = await goldenModel('llama')
    const { trained } = await policy.state()
    const own = createLanguageModel(config, { ...weights, ...trained })
    const reference = createLanguageModel(config, weights)
    release.push(policy.release, own.release, reference.release)
    mixture = async (tokens, share, temperature = 1) => {
      const [[a], [b]] = [
        await nextTokenLogProbs(own, [tokens]),
        await nextTokenLogProbs(reference, [tokens]),
      ]
      const logits = Array.from(a!, (each, i) => ((1 - share) * each + share * b![i]!) / temperature)
      const sum = Math.log(logits.reduce((total, each) => total + Math.exp(each), 0))
      return logits.map((each) => each - sum)
    }
  })
  afterAll(() => Promise.all(release.map((each) => each())))

  it.each([0.2, 0.5, 0.9])('has the log-probabilities of its product: %d', async (share) => {
    const temperature = 0.7
    const drawn = await policy.sample(prompts, { ...settings, temperature, reference: share })
    expect(drawn).toHaveLength(prompts.length * settings.n)
    for (const { prompt, tokens, logProbs, samplingLogProbs } of drawn.filter(({ sample }) => sample > 0)) {
      const before = [...prompts[prompt]!]
      for (const [place, id] of tokens.entries()) {
        // Passes in f32 that sum in other orders.
        expect(logProbs[place]).toBeCloseTo((await mixture(before, share))[id]!, 4)
        expect(samplingLogProbs[place]).toBeCloseTo((await mixture(before, share, temperature))[id]!, 4)
        before.push(id)
      }
    }
  })

  it('takes what is likeliest under it at temperature 0', async () => {
    const greedy = { ...settings, n: 1, temperature: 0 }
    for (const { prompt, tokens } of await policy.sample(prompts, { ...greedy, reference: 0.5 })) {
      const before = [...prompts[prompt]!]
      for (const id of tokens) {
        const logProbs = await mixture(before, 0.5)
        expect(id).toBe(logProbs.indexOf(Math.max(...logProbs)))
        before.push(id)
      }
    }
  })

  it('is the same whatever is computed together, and in parts', async () => {
    const whole = await policy.sample(prompts, { ...settings, reference: 0.5 })
    const parts = await policy.sample(prompts, { ...settings, reference: 0.5, batchSize: 1, passTokens: 2 })
    expect(parts.map(({ tokens }) => tokens)).toEqual(whole.map(({ tokens }) => tokens))
  })

  it.each([-0.1, 1.5, Number.NaN, 'yes'])('refuses %j for its share', async (reference) => {
    const asked = policy.sample(prompts, { reference: reference as number })
    await expect(asked).rejects.toThrow(/^sample: reference: expected true, false or a number from 0 to 1/)
    await expect(asked).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  it('names an option that there is not', async () => {
    await expect(policy.sample(prompts, { refrence: true } as object)).rejects.toThrow(/^sample: .*refrence/)
  })
})
